namespace Hutch.Client.Workspaces;

/// <summary>What stands at a path of a working directory.</summary>
internal enum LocalKind
{
    /// <summary>A file with its bytes.</summary>
    File,

    /// <summary>A symbolic link of the user's.</summary>
    Link,

    /// <summary>A folder with nothing in it.</summary>
    EmptyFolder,

    /// <summary>A file of the dataset whose bytes are not here: a link into <c>.hutch/missing</c>.</summary>
    Placeholder,

    /// <summary>A file whose bytes are in the shared cache: a link there.</summary>
    Cached,
}
