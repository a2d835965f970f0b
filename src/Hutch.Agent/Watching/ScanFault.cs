namespace Hutch.Agent.Watching;

/// <summary>The reason for an omission of a scan.</summary>
public enum ScanFault
{
    /// <summary>The name, or the target of the link, is not UTF-8.</summary>
    NotUtf8,

    /// <summary>No entry of a dataset can have the name.</summary>
    Name,

    /// <summary>It is a socket, a pipe or a device.</summary>
    Special,

    /// <summary>The server may not read it, or reading failed.</summary>
    Unreadable,

    /// <summary>It is more directories deep than a scan goes.</summary>
    TooDeep,

    /// <summary>The folder has more files and directories than a scan takes.</summary>
    TooMany,
}
