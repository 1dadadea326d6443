"""The way in: a folder of files becomes a harvest (`begin`), and `doctor` says whether this machine can run one."""
