namespace Hutch.Node.Attempts;

/// <summary>
/// Collects the arguments of bubblewrap for the file system that a command sees. All places are below one folder, which is the root of the
/// file system unless a program changes to it later.
/// </summary>
/// <param name="root">The folder, such as <c>/image</c>; empty for the root.</param>
internal sealed class BubblewrapArguments(string root)
{
    private const string ForEverybody = "1777";
    private const string Readable = "0755";

    private readonly List<string> _all = [];

    internal IReadOnlyList<string> All => _all;

    internal void Add(params ReadOnlySpan<string> arguments) => _all.AddRange(arguments);

    /// <summary>Makes a folder that each account can read.</summary>
    internal void AddFolder(string destination) => Add("--perms", Readable, "--dir", root + destination);

    /// <summary>Makes an empty file system in memory, which is writable.</summary>
    /// <param name="bytes">Its size; null for that of the kernel, half of the machine's memory.</param>
    internal void AddMemory(string destination, long? bytes = null)
    {
        AddSize(bytes);
        Add("--tmpfs", root + destination);
    }

    /// <summary>Makes one in which each account can write.</summary>
    internal void AddSharedMemory(string destination, long? bytes)
    {
        AddSize(bytes);
        Add("--perms", ForEverybody, "--tmpfs", root + destination);
    }

    /// <summary>Makes the file system at a place read-only, without those in it.</summary>
    internal void Protect(string destination) => Add("--remount-ro", destination);

    internal void AddProcesses(string destination) => Add("--proc", root + destination);

    internal void AddDevices(string destination) => Add("--dev", root + destination);

    /// <summary>Shows a device at the same place, if it is there.</summary>
    internal void AddDevice(string path) => Add("--dev-bind-try", path, root + path);

    internal void AddReadOnly(string path, string destination) => Add("--ro-bind", path, root + destination);

    /// <summary>Shows a file or folder at the same place, read-only, if it is there.</summary>
    internal void AddReadOnlyIfPresent(string path) => Add("--ro-bind-try", path, root + path);

    private void AddSize(long? bytes)
    {
        if (bytes is { } size)
        {
            Add("--size", size.ToString(CultureInfo.InvariantCulture));
        }
    }

    internal void AddWritable(string path, string destination) => Add("--bind", path, root + destination);

    /// <summary>Shows a file or folder read-only. A link stays one.</summary>
    internal void AddEntry(string path, string destination)
    {
        if (new DirectoryInfo(path).LinkTarget is { } target)
        {
            Add("--symlink", target, root + destination);
        }
        else
        {
            AddReadOnly(path, destination);
        }
    }

    internal void SetFolder(string destination) => Add("--chdir", root + destination);

    internal void SetVariable(string name, string value) => Add("--setenv", name, value);
}
