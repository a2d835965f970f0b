using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Servers;

/// <summary><c>hutch gc</c>: frees the space of data that nothing refers to.</summary>
internal sealed class GcVerb : Verb
{
    private readonly Option<bool> _noWait = new("--no-wait") { Description = "Start the job and return." };

    internal GcVerb(CliHost host)
        : base(host, "gc", "Free the space of data that nothing refers to (operators).", "hutch gc") => Add(_noWait);

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        await ServerJob.RunAsync(
            context, new StartJob { Kind = "gc" }, wait: !context.Value(_noWait), ErrorCode.Internal, cancellationToken);
        return ExitCode.Ok;
    }
}
