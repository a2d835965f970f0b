using Hutch.Commands.Hosting;
using Hutch.Mount.Mounting;

namespace Hutch.Commands.Verbs.Files;

internal sealed class UnmountVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "unmount",
        "End a mount of `hutch mount`, as `fusermount3 -u` does.",
        "hutch unmount ~/lysozyme")
{
    private readonly Argument<string> _folder = verb.Argument<string>("directory", "The folder on which a dataset is mounted.");
    private readonly Option<bool> _lazy = verb.Option<bool>(
        "--lazy -z", "Unmount it even if programs use it; files that they have open end with errors.");

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
