using Hutch.Commands.Hosting;
using Hutch.Mount.Mounting;

namespace Hutch.Commands.Verbs.Files;

internal sealed class UnmountVerb : Verb
{
    private readonly Argument<string> _folder = new("directory") { Description = "The folder on which a dataset is mounted." };

    private readonly Option<bool> _lazy = new("--lazy", "-z")
    {
        Description = "Unmount it even if programs use it; files that they have open end with errors.",
    };

    internal UnmountVerb(CliHost host)
        : base(
            host,
            "unmount",
            "End a mount of `hutch mount`, as `fusermount3 -u` does.",
            "hutch unmount ~/lysozyme")
    {
        Add(_folder);
        Add(_lazy);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw MountVerb.NotHere();
        }

        await MountPoint.UnmountAsync(context.FullPath(context.Value(_folder)!), context.Value(_lazy), cancellationToken);
        return ExitCode.Ok;
    }
}
