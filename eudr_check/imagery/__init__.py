"""Dated satellite pictures of plots: what the ground looked like before the cut-off, and looks like now.

`scenes` reads Items of Sentinel-2 catalogues and joins those of one overflight, `looks` chooses dated looks whose
ground is clear on the plot itself, `picture` draws them, `todo` prepares the reviewer's table. Pictures are context for
people: nothing here decides, and nothing here touches a network; whoever calls hands in the files (`ground.Bring`).
"""
