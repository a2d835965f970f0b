using Hutch.Client.Push;
using Hutch.Client.Workspaces;
using Hutch.Commands.Output;

namespace Hutch.Commands.Hosting;

/// <summary>Reports paths that a push left out because a dataset cannot store them.</summary>
internal static class UnstorableFiles
{
    private const int MaxListed = 20;

    internal static void Report(CliContext context, IReadOnlyList<UnstorableItem> items)
    {
        foreach (UnstorableItem item in items.Take(MaxListed))
        {
            context.WriteNote($"{Display.Quote(item.Path)} was not pushed. {item.Reason}");
        }

        if (items.Count > MaxListed)
        {
            string others = Human.Count(items.Count - MaxListed, "other path was", "other paths were");
            context.WriteNote($"{others} not pushed; `hutch status` lists them.");
        }
    }

    internal static int ExitCodeOf(PushOutcome outcome) =>
        outcome.Unstable.Count > 0 ? ExitCode.Partly
        : outcome.Unstorable.Count > 0 ? ExitCode.Incomplete
        : ExitCode.Ok;
}
