"""W3C Web Annotations as JSON-LD: our own profile, and passages that other programs marked.

The recommendation of 23 February 2017, https://www.w3.org/TR/annotation-model/. Positions of a TextPositionSelector are
code points of the text (section 4.2.5); ours count in the text without byte order mark, line ends as they are.
"""
