"""Report, pain points and quotes by the Model Context Protocol, for programs with language models; read-only."""
