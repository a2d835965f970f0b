namespace Hutch.Formats.Hdf5;

/// <summary>The command of a reader process: normally this very program with the verb <c>hdf5-reader</c>.</summary>
public sealed record ReaderCommand(string FileName, IReadOnlyList<string> Arguments);
