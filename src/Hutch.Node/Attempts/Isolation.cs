using Hutch.Model.Records;

namespace Hutch.Node.Attempts;

/// <summary>The part of the machine that a command in the sandbox sees, as arguments of bubblewrap.</summary>
/// <param name="isRoot">True if this process is root's: the command then gets another account.</param>
/// <param name="readOnly">Folders that the command sees in addition.</param>
/// <param name="devices">Devices that it sees in addition.</param>
internal sealed class Isolation(bool isRoot, IReadOnlyList<string> readOnly, IReadOnlyList<string> devices)
{
    /// <summary>The features of the sandbox on this machine.</summary>
    internal SandboxFeatures Features { get; init; } = SandboxFeatures.None;

    /// <summary>The file with the resolver of a network of its own; null without one.</summary>
    internal string? Resolver { get; init; }

    internal const string Input = "/input";
    internal const string Further = "/inputs";
    internal const string Output = "/output";

    /// <summary>
    /// The system of a program with an image if this process is root's: only programs of the node run before the account is changed.
    /// </summary>
    internal const string ImageRoot = "/image";

    // OpenCL on the processor does not start without it.
    private const string Processors = "/sys/devices/system/cpu";

    // The sandbox fills these folders of an image itself.
    private static readonly string[] Own = ["proc", "dev", "sys", "run", "tmp", "input", "inputs", "output"];

    private static readonly string[] SystemFolders = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

    // Without the files of /etc that have secrets or addresses of services.
    private static readonly string[] Settings =
    [
        "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "passwd", "group", "nsswitch.conf", "localtime", "alternatives", "fonts", "OpenCL",
        "ssl/certs", "resolv.conf", "hosts",
    ];

    // A batch system says by them which graphics processors are those of the job.
    private static readonly string[] DevicesOfJob = ["CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "ZE_AFFINITY_MASK"];

    private const string ResolverPlace = "/etc/resolv.conf";

    private static readonly string[] NamesOfNetwork = [ResolverPlace, "/etc/hosts"];

    /// <summary>Returns the arguments for one command. Their order matters: what is shown later covers what was shown before.</summary>
    internal IReadOnlyList<string> ToArguments(SandboxFolders folders, TaskLimits limits)
    {
        string root = folders.Image is not null && isRoot ? ImageRoot : "";
        var arguments = new BubblewrapArguments(root);
        AddNamespaces(arguments, limits);
        if (root.Length > 0)
        {
            arguments.Add("--cap-add", "CAP_SYS_CHROOT");
            arguments.AddFolder("");
        }

        arguments.AddProcesses("/proc");
        arguments.AddDevices("/dev");
        foreach (string device in devices)
        {
            arguments.AddDevice(device);
        }

        AddMemory(arguments, Features.BoundsMemoryFiles ? limits.MemoryBytes : null);
        AddSystem(arguments, folders);
        AddSettings(arguments, [.. Configuration(folders.Image, limits), Processors, .. readOnly]);
        AddWork(arguments, folders);
        AddEnvironment(arguments, limits);
        if (!isRoot)
        {
            // The command owns these file systems, which have no size.
            arguments.Protect("/dev");
            arguments.Protect("/");
        }

        return arguments.All;
    }

    private void AddNamespaces(BubblewrapArguments arguments, TaskLimits limits)
    {
        arguments.Add(
            "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--die-with-parent", "--new-session",
            "--cap-drop", "ALL", "--hostname", "hutch");
        if (!limits.Network)
        {
            arguments.Add("--unshare-net");
        }

        if (Resolver is not null && !isRoot)
        {
            // The namespace of its network has root as its account.
            arguments.Add("--uid", FileFacts.CurrentUser.ToString(CultureInfo.InvariantCulture));
        }

        // A process that changes its account does not end with its parent any more: bwrap's own first process does.
        if (isRoot)
        {
            arguments.Add("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP");
        }
        else
        {
            arguments.Add("--unshare-user", "--as-pid-1");
            if (Features.EndsNamespaces)
            {
                arguments.Add("--disable-userns");
            }
        }
    }

    // Semaphores of Python are in /dev/shm, where another account could not write.
    private void AddMemory(BubblewrapArguments arguments, long? bytes)
    {
        if (isRoot)
        {
            arguments.AddSharedMemory("/tmp", bytes);
            arguments.AddSharedMemory("/dev/shm", bytes);
        }
        else
        {
            arguments.AddMemory("/tmp", bytes);
            arguments.AddMemory("/dev/shm", bytes);
        }
    }

    /// <summary>Shows the programs of an image, or of the node; both, if programs of the node change to the image.</summary>
    private void AddSystem(BubblewrapArguments arguments, SandboxFolders folders)
    {
        if (folders.Image is { } image)
        {
            foreach (string path in Directory.EnumerateFileSystemEntries(image).Where(path => !Own.Contains(Path.GetFileName(path))))
            {
                arguments.AddEntry(path, "/" + Path.GetFileName(path));
            }
        }

        if (folders.Image is null || isRoot)
        {
            var node = new BubblewrapArguments("");
            node.AddReadOnly("/usr", "/usr");
            foreach (string path in SystemFolders.Where(Path.Exists))
            {
                node.AddEntry(path, path);
            }

            arguments.Add([.. node.All]);
        }
    }

    private void AddSettings(BubblewrapArguments arguments, string[] shown)
    {
        // Otherwise bwrap makes them for their owner alone, and the account of the command is another one.
        foreach (string folder in shown.SelectMany(Parents).Distinct().Order(StringComparer.Ordinal))
        {
            arguments.AddFolder(folder);
        }

        foreach (string path in shown)
        {
            if (path == ResolverPlace && Resolver is { } own)
            {
                arguments.AddReadOnly(own, path);
            }
            else
            {
                arguments.AddReadOnlyIfPresent(path);
            }
        }
    }

    private static void AddWork(BubblewrapArguments arguments, SandboxFolders folders)
    {
        arguments.AddReadOnly(folders.Input, Input);
        arguments.AddReadOnly(folders.Further, Further);
        arguments.AddWritable(folders.Output, Output);

        // The folder of the push is hidden: it says where the results go.
        if (Directory.Exists(Path.Combine(folders.Output, ".hutch")))
        {
            arguments.AddMemory(Output + "/.hutch");
        }

        arguments.SetFolder(Output);
    }

    private void AddEnvironment(BubblewrapArguments arguments, TaskLimits limits)
    {
        arguments.Add("--clearenv");
        arguments.SetVariable("PATH", "/usr/local/bin:/usr/bin:/bin");
        arguments.SetVariable("HOME", "/tmp");
        arguments.SetVariable("LANG", "C.UTF-8");

        // People watching the run see each line as soon as it is printed.
        arguments.SetVariable("PYTHONUNBUFFERED", "1");
        arguments.SetVariable("OMP_NUM_THREADS", limits.Cores.ToString(CultureInfo.InvariantCulture));
        foreach (string variable in devices.Count > 0 ? DevicesOfJob : [])
        {
            if (Environment.GetEnvironmentVariable(variable) is { } value)
            {
                arguments.SetVariable(variable, value);
            }
        }
    }

    // An image has its own, except for names in the network, for which container images leave empty files.
    private static IEnumerable<string> Configuration(string? image, TaskLimits limits) => image is null
        ? Settings.Select(static name => "/etc/" + name)
        : NamesOfNetwork.Where(path => limits.Network && new FileInfo(image + path) is { Exists: true, LinkTarget: null });

    private static IEnumerable<string> Parents(string path)
    {
        for (string? folder = Path.GetDirectoryName(path); folder is { Length: > 1 }; folder = Path.GetDirectoryName(folder))
        {
            yield return folder;
        }
    }
}
