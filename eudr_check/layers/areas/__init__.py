"""Areas: vector layers of protected, indigenous, zoned or titled land, and the ground that plots share with them.

`definition` reads what such a layer is, `files` reads one from disk, `look` says of every plot what lies on it.
Services are asked through `layers.fetch.feature_service`. Nothing here is a variable of EVIDENCE: no policy sees it.
"""
