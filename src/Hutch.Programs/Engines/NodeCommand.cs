namespace Hutch.Programs.Engines;

/// <summary>The command of a node that executes one attempt: normally this very program with the verb <c>attempt</c>.</summary>
public sealed record NodeCommand(string FileName, IReadOnlyList<string> Arguments);
