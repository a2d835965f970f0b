using System.CommandLine.Parsing;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Sharing;

/// <summary><c>hutch access ask | withdraw | list | grant | deny</c>: requests to read datasets.</summary>
internal static class AccessVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup(
        "access", "Request read access to datasets, and answer requests for yours.", new AskVerb(host), new WithdrawVerb(host),
        new ListRequestsVerb(host), new GrantVerb(host), new DenyVerb(host));

    private static Argument<string> User() => new("user") { Description = "The user who asks." };

    private sealed class AskVerb(VerbDeclaration verb)
        : Verb(
            verb, "ask", "Request read access to a dataset that you can see. Its managers see your name and your message.",
            "hutch access ask ada/lysozyme -m 'For the comparison of detectors that we spoke of'")
    {
        private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());
        private readonly Option<string?> _message = verb.Option<string?>(
            "--message -m TEXT", "A message to the managers of the dataset.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
            AccessRequestInfo asked = await context.Server.RequestAccessAsync(
                dataset.Id, new AskAccess { Text = context.Value(_message) }, cancellationToken);
            context.Print(
                asked, HutchJson.Default.AccessRequestInfo,
                $"Asked for access to {dataset.Name}. `hutch access list --own` shows what comes of it.");
            return ExitCode.Ok;
        }
    }

    private sealed class WithdrawVerb(VerbDeclaration verb)
        : Verb(verb, "withdraw", "Take back your request for a dataset.", "hutch access withdraw ada/lysozyme")
    {
        private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
            await context.Server.WithdrawAccessRequestAsync(dataset.Id, cancellationToken);
            context.WriteDone($"You no longer ask for access to {dataset.Name}.");
            return ExitCode.Ok;
        }
    }

    private sealed class ListRequestsVerb(VerbDeclaration verb)
        : Verb(verb, "list", "List requests for datasets that you manage.", "hutch access list", "hutch access list --own")
    {
        private readonly Argument<string?> _dataset = verb.Argument<string?>(
            "dataset",
            "Only requests for this dataset, as NAME, OWNER/NAME or id (default: for all that you manage).",
            ArgumentArity.ZeroOrOne);
        private readonly Option<bool> _own = verb.Option<bool>(
            "--own", "Instead, list your own requests, and what came of them.");

        protected override void CheckOptions(CommandResult result)
        {
            if (result.GetResult(_own) is { Implicit: false } && result.GetResult(_dataset) is { Tokens.Count: > 0 })
            {
                result.AddError("Use either a dataset or --own, not both.");
            }
        }

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            bool own = context.Value(_own);
            IAsyncEnumerable<AccessRequestInfo> requests = context.Value(_dataset) is { } name
                ? context.Server.ListAccessRequestsAsync((await context.ResolveWholeAsync(name, cancellationToken)).Id, cancellationToken)
                : context.Server.ListAccessRequestsAsync(own, cancellationToken);
            var table = new TextTable("DATASET", "USER", "SINCE", "STATE", "TEXT");
            await context.AddAsync(
                table, requests, HutchJson.Default.AccessRequestInfo,
                request => [request.Name, request.User, Human.Time(request.Time), request.State, request.Text]);
            context.Write(table, own ? "You ask for no access." : "There are no requests for access.");
            return ExitCode.Ok;
        }
    }

    private sealed class GrantVerb(VerbDeclaration verb)
        : Verb(verb, "grant", "Grant a request for read access.", "hutch access grant lysozyme bob")
    {
        private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());
        private readonly Argument<string> _user = verb.Add(User());
        private readonly Option<string?> _right = verb.Option<string?>(
            "--right RIGHT", "The right: read (default), derive, write or manage.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
            string user = context.Value(_user)!;
            string right = context.Value(_right) ?? "read";
            await context.Server.AnswerAccessRequestAsync(
                dataset.Id, user, new AnswerAccess { Granted = true, Right = right }, cancellationToken);
            context.WriteDone($"{user} has the right '{right}' on {dataset.Name}.");
            return ExitCode.Ok;
        }
    }

    private sealed class DenyVerb(VerbDeclaration verb)
        : Verb(verb, "deny", "Deny a request. The user sees that, and can ask again after a week.", "hutch access deny lysozyme bob")
    {
        private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());
        private readonly Argument<string> _user = verb.Add(User());

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
            await context.Server.AnswerAccessRequestAsync(
                dataset.Id, context.Value(_user)!, new AnswerAccess { Granted = false }, cancellationToken);
            context.WriteDone($"Denied {context.Value(_user)} access to {dataset.Name}.");
            return ExitCode.Ok;
        }
    }
}
