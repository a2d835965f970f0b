namespace Hutch.Formats.Hdf5;

/// <summary>How to start a reader process: normally this very program with the verb <c>hdf5-reader</c>.</summary>
/// <param name="FileName">The executable.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record ReaderCommand(string FileName, IReadOnlyList<string> Arguments);
