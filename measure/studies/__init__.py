"""The case studies' measurements, a program for each, run as `python -m measure.studies.NAME`, NAME the study's label.

What it finds goes to `book/measured/studies/NAME.json` by `store("studies/NAME", …)`: under "seeds" the seeds, five or
more, and under "peers" what scikit-learn's plain answer, or another library's, reaches on the same examples; where no
library has any, another plain one. Trained weights go to `book/nnlib/alive/NAME/weights.npz` if an interactive computes
with them, else to `book/weights/NAME.npz`; at most 300 KB either way, a translator's 1 MB.
"""
