using System.CommandLine;
using Hutch.Cli.Hosting;
using Hutch.Cli.Output;
using Hutch.Model;
using Hutch.Model.Contracts;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch invite create | list | revoke | accept</c>.</summary>
internal static class InviteVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup(
        "invite",
        "Invite people to a dataset or a group; whoever accepts gets a right of their own.",
        new CreateVerb(host),
        new ListInvitesVerb(host),
        new RevokeVerb(host),
        new AcceptVerb(host));

    private static Argument<string> Target() => new("target") { Description = "The dataset, by name or id, or the group as @GROUP." };

    private sealed class CreateVerb : Verb
    {
        private readonly Argument<string> _target = Target();

        private readonly Option<string?> _right = new("--right")
        {
            Description =
                "To a dataset: view, read, derive, write or manage; read when left out. "
                + "To a group: member or manager; member when left out.",
            HelpName = "RIGHT",
        };

        private readonly Option<TimeSpan?> _expires = new("--expires")
        {
            Description = "How long it can be accepted; 7d when left out.",
            HelpName = "TIME",
            CustomParser = Durations.Parse,
        };

        private readonly Option<int?> _uses =
            new("--uses") { Description = "How many people may accept it; one when left out.", HelpName = "NUMBER" };

        private readonly Option<string?> _note = new("--note") { Description = "A line for who gets it.", HelpName = "TEXT" };

        private readonly Option<string?> _email =
            new("--email") { Description = "Where to mail it, when the server sends mail.", HelpName = "ADDRESS" };

        internal CreateVerb(CliHost host)
            : base(
                host,
                "create",
                "Make an invite. Its link is shown once.",
                "hutch invite create lysozyme --right write --expires 2d",
                "hutch invite create @crystallographers --uses 20 --note 'Welcome to beamtime 42'",
                "hutch invite create lysozyme --email ada@example.org")
        {
            Add(_target);
            Add(_right);
            Add(_expires);
            Add(_uses);
            Add(_note);
            Add(_email);
        }

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string target = context.Value(_target)!;
            var create = new CreateInvite
            {
                Right = context.Value(_right),
                ExpiresIn = (long?)context.Value(_expires)?.TotalSeconds,
                Uses = context.Value(_uses),
                Note = context.Value(_note),
                Email = context.Value(_email),
            };
            CreatedInvite invite = target.StartsWith('@')
                ? await context.Server.CreateInviteAsync(target[1..], create, cancellationToken)
                : await context.Server.CreateInviteAsync(
                    (await context.ResolveWholeAsync(target, cancellationToken)).Id, create, cancellationToken);
            context.Print(invite, HutchJson.Default.CreatedInvite, invite.Url);
            context.Note(
                $"Whoever opens this, or gives it to `hutch invite accept`, is invited to {target} until {Human.Time(invite.Expires)}. "
                + $"It is shown only now; `hutch invite revoke {invite.Id}` withdraws it.");
            return ExitCode.Ok;
        }
    }

    private sealed class ListInvitesVerb : Verb
    {
        private readonly Argument<string> _target = Target();

        internal ListInvitesVerb(CliHost host)
            : base(
                host, "list", "List the invites to a dataset or group that have not ended, without their codes.",
                "hutch invite list lysozyme", "hutch invite list @crystallographers") =>
            Add(_target);

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string target = context.Value(_target)!;
            IAsyncEnumerable<InviteInfo> invites = target.StartsWith('@')
                ? context.Server.ListInvitesAsync(target[1..], cancellationToken)
                : context.Server.ListInvitesAsync((await context.ResolveWholeAsync(target, cancellationToken)).Id, cancellationToken);
            var table = new TextTable("ID", "RIGHT", "ACCEPTED", "UNTIL", "BY", "STATE", "NOTE");
            await foreach (InviteInfo invite in invites)
            {
                if (context.Json)
                {
                    context.PrintJson(invite, HutchJson.Default.InviteInfo);
                    continue;
                }

                string state = invite.Revoked is not null ? "withdrawn" : invite.Open ? "open" : "used up";
                table.Add(
                    invite.Id, invite.Right, $"{invite.Used} of {invite.Uses}",
                    Human.Time(invite.Expires), invite.By, state, invite.Note ?? "");
            }

            table.Write(context.Host.Out);
            return ExitCode.Ok;
        }
    }

    private sealed class RevokeVerb : Verb
    {
        private readonly Argument<string> _id = new("id") { Description = "The id of the invite, from `hutch invite list`." };

        internal RevokeVerb(CliHost host)
            : base(host, "revoke", "Withdraw an invite. Who accepted it keeps what it gave.", "hutch invite revoke 0123456789abcdef") =>
            Add(_id);

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            await context.Server.RevokeInviteAsync(context.Value(_id)!, cancellationToken);
            context.Note($"The invite {context.Value(_id)} is withdrawn.");
            return ExitCode.Ok;
        }
    }

    private sealed class AcceptVerb : Verb
    {
        private const string CodeMark = "#code=";

        private readonly Argument<string?> _code = new("code")
        {
            Description = "The code of the invite, or its whole link; from standard input when left out.",
            Arity = ArgumentArity.ZeroOrOne,
        };

        internal AcceptVerb(CliHost host)
            : base(
                host, "accept", "Accept an invite.", "hutch invite accept < invite.txt",
                "hutch invite accept hutchinvite_0123456789abcdef_SECRET") => Add(_code);

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string text = (context.Value(_code) ?? await context.Host.In.ReadLineAsync(cancellationToken) ?? "").Trim();
            int mark = text.IndexOf(CodeMark, StringComparison.Ordinal);
            string code = mark < 0 ? text : text[(mark + CodeMark.Length)..];
            if (code.Length == 0)
            {
                throw ErrorCode.BadRequest.With("No code came; give it as in `hutch invite accept < invite.txt`.").ToException();
            }

            InviteInfo invite = await context.Server.AcceptInviteAsync(new AcceptInvite { Code = code }, cancellationToken);
            context.Print(
                invite,
                HutchJson.Default.InviteInfo,
                invite.Target.StartsWith("dataset:", StringComparison.Ordinal)
                    ? $"You may {invite.Right} {invite.Name}: `hutch clone {invite.Name}`."
                    : $"You are a {invite.Right} of the group {invite.Name}.");
            return ExitCode.Ok;
        }
    }
}
