namespace Hutch.Client.Workspaces;

/// <summary>How reading a file went.</summary>
internal enum ReadOutcome
{
    /// <summary>It was the same from the first byte to the last.</summary>
    Whole,

    /// <summary>It changed meanwhile: what was read may be torn.</summary>
    Changing,

    /// <summary>It is not there any more, or no file.</summary>
    Gone,
}
