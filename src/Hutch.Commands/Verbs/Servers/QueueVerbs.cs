using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Servers;

internal static class QueueVerbs
{
    /// <summary>The most letters of one request to send letters again.</summary>
    private const int LettersAtOnce = 1000;

    internal static Command Create(CliHost host) => new VerbGroup(
        "queue", "Show, drain and re-send dead letters: messages that a queue of the server gave up.",
        new ListQueuesVerb(host), new ShowVerb(host), new DrainVerb(host), new ResendVerb(host));

    private static Argument<string> QueueArgument() =>
        new("queue") { Description = "The queue of the dead letters, as `hutch queue list` shows it." };

    private static Option<int> MaxOption(string description, int max) =>
        new("--max") { Description = description, HelpName = "N", DefaultValueFactory = _ => max };

    private static string Letters(long count) => Human.Count(count, "dead letter");

    private sealed class ListQueuesVerb(VerbDeclaration verb)
        : Verb(verb, "list", "List the queues of the message bus, and those with dead letters (operators).", "hutch queue list")
    {
        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            Page<LiveBrokerQueue> queues = await context.Server.GetQueuesAsync(cancellationToken);
            if (context.Json)
            {
                context.PrintJson(queues, HutchJson.Default.PageLiveBrokerQueue);
                return ExitCode.Ok;
            }

            var table = new TextTable("QUEUE", "STATE", "READY", "READERS");
            foreach (LiveBrokerQueue queue in queues.Items)
            {
                table.Add(queue.Name, queue.State, Human.Count(queue.Ready), Human.Count(queue.Readers));
            }

            context.Write(table, "No dead letters.");
            return ExitCode.Ok;
        }
    }

    private sealed class ShowVerb(VerbDeclaration verb)
        : Verb(
            verb, "show", "Show the oldest dead letters in a queue, which stay there (operators). Secrets are hidden.",
            "hutch queue show dead.analysis.runs", "hutch queue show dlq.per_image_analysis --max 100")
    {
        private readonly Argument<string> _queue = verb.Add(QueueArgument());
        private readonly Option<int> _max = verb.Add(MaxOption("The maximum number of letters, at most 100.", 10));

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            DeadLetterList letters = await context.Server.GetDeadLettersAsync(
                context.Value(_queue)!, context.Value(_max), cancellationToken);
            if (context.Json)
            {
                context.PrintJson(letters, HutchJson.Default.DeadLetterList);
                return ExitCode.Ok;
            }

            foreach (DeadLetterInfo letter in letters.Items)
            {
                context.Host.Out.WriteLine(string.Join('\n', Lines(letter)));
            }

            context.WriteNote($"{Human.Count(letters.Items.Count)} of {Letters(letters.Total)}.");
            return ExitCode.Ok;
        }

        private static IEnumerable<string> Lines(DeadLetterInfo letter)
        {
            yield return Plain(letter.Reason ?? "It was given up without a reason.");
            if (letter.Queue is not null)
            {
                yield return $"  queue: {Plain(letter.Queue)}";
            }

            if (letter.Attempts is int attempts)
            {
                yield return $"  deliveries: {Human.Count(attempts)}";
            }

            foreach ((string name, string value) in letter.Headers)
            {
                yield return $"  {Plain(name)}: {Plain(value)}";
            }

            yield return $"  {Display.Bytes(letter.Bytes)}: {Plain(letter.Text)}";
        }

        private static string Plain(string text) => Display.Plain(text, int.MaxValue);
    }

    private sealed class DrainVerb(VerbDeclaration verb)
        : Verb(
            verb.With(Confirmation.Yes), "drain", "Delete all dead letters in a queue (operators). This cannot be undone.",
            "hutch queue drain dead.analysis.runs")
    {
        private readonly Argument<string> _queue = verb.Add(QueueArgument());

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string queue = context.Value(_queue)!;
            await Confirmation.RequireAsync(context, $"Delete all dead letters in {Display.Quote(queue)} for good", cancellationToken);
            DrainedLetters drained = await context.Server.DrainQueueAsync(queue, cancellationToken);
            context.Print(drained, HutchJson.Default.DrainedLetters, $"{Letters(drained.Deleted)} deleted.");
            return ExitCode.Ok;
        }
    }

    private sealed class ResendVerb(VerbDeclaration verb)
        : Verb(
            verb, "resend", "Send the dead letters in a queue again, oldest first, to the queue that gave them up (operators).",
            "hutch queue resend dead.analysis.runs", "hutch queue resend dlq.per_image_analysis --max 1")
    {
        private readonly Argument<string> _queue = verb.Add(QueueArgument());
        private readonly Option<int?> _max = verb.Option<int?>("--max N", "The maximum number of letters (default: all).");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string queue = context.Value(_queue)!;
            long wanted = context.Value(_max) ?? long.MaxValue;
            long sent = 0;
            ResentLettersInfo last;
            do
            {
                last = await context.Server.ResendDeadLettersAsync(
                    queue, (int)Math.Min(wanted - sent, LettersAtOnce), cancellationToken);

                // Letters that return to the queue during the call are left for the next one.
                wanted = Math.Min(wanted, sent + last.Sent + last.Left);
                sent += last.Sent;
            }
            while (sent < wanted && last.Sent > 0);
            context.Print(
                last with { Sent = sent }, HutchJson.Default.ResentLettersInfo,
                $"{Letters(sent)} sent again, {Human.Count(last.Left)} left.");
            return ExitCode.Ok;
        }
    }
}
