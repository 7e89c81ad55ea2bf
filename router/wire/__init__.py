"""The wire, without input or output: frames, the codec, and what a session may say when."""
