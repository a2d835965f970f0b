using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Sharing;

internal static class InviteVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup(
        "invite",
        "Invite people to a dataset or a group.",
        new CreateVerb(host),
        new ListInvitesVerb(host),
        new RevokeVerb(host),
        new AcceptVerb(host));

    private static Argument<string> Target() => new("target") { Description = "The dataset, or the group as @GROUP." };

    private sealed class CreateVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "create",
            "Create an invite and print its link, which is not shown again.",
            "hutch invite create lysozyme --right write --expires 2d",
            "hutch invite create @crystallographers --uses 20 --note 'Welcome to beamtime 42'",
            "hutch invite create lysozyme --email ada@example.org")
    {
        private readonly Argument<string> _target = verb.Add(Target());
        private readonly Option<string?> _right = verb.Option<string?>(
            "--right RIGHT",
            "For a dataset: view, read, derive, write or manage (default: read). "
            + "For a group: member or manager (default: member).")
            .Suggesting("view", "read", "derive", "write", "manage", "member", "manager");

        private readonly Option<TimeSpan?> _expires = verb.Add(new Option<TimeSpan?>("--expires")
        {
            Description = "How long the invite is valid (default: 7d).",
            HelpName = "TIME",
            CustomParser = Durations.Parse,
        });

        private readonly Option<int?> _uses = verb.Option<int?>("--uses NUMBER", "How many people can accept it (default: 1).");
        private readonly Option<string?> _note = verb.Option<string?>("--note TEXT", "A note to the recipients.");
        private readonly Option<string?> _email = verb.Option<string?>(
            "--email ADDRESS", "Send the invite to this address, if the server sends mail.");

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
            context.WriteNote(
                $"Anyone with this link can join {target} until {Human.Time(invite.Expires)}: in a browser, or with `hutch invite accept`. "
                + $"It is not shown again; `hutch invite revoke {invite.Id}` revokes it.");
            return ExitCode.Ok;
        }
    }

    private sealed class ListInvitesVerb(VerbDeclaration verb)
        : Verb(
            verb, "list", "List the open invites to a dataset or group.",
            "hutch invite list lysozyme", "hutch invite list @crystallographers")
    {
        private readonly Argument<string> _target = verb.Add(Target());

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string target = context.Value(_target)!;
            IAsyncEnumerable<InviteInfo> invites = target.StartsWith('@')
                ? context.Server.ListInvitesAsync(target[1..], cancellationToken)
                : context.Server.ListInvitesAsync((await context.ResolveWholeAsync(target, cancellationToken)).Id, cancellationToken);
            var table = new TextTable("ID", "RIGHT", "ACCEPTED", "UNTIL", "BY", "STATE", "NOTE");
            await context.AddAsync(
                table, invites, HutchJson.Default.InviteInfo,
                invite =>
                [
                    invite.Id,
                    invite.Right,
                    $"{invite.Used} of {invite.Uses}",
                    Human.Time(invite.Expires),
                    invite.By,
                    invite.Revoked is not null ? "revoked" : invite.Open ? "open" : "used up",
                    invite.Note ?? "",
                ]);

            context.Write(table, "There are no open invites.");
            return ExitCode.Ok;
        }
    }

    private sealed class RevokeVerb(VerbDeclaration verb)
        : Verb(verb, "revoke", "Revoke an invite. People who accepted it keep their access.", "hutch invite revoke 0123456789abcdef")
    {
        private readonly Argument<string> _id = verb.Argument<string>("id", "The id of the invite, from `hutch invite list`.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            await context.Server.RevokeInviteAsync(context.Value(_id)!, cancellationToken);
            context.WriteDone($"Revoked the invite {context.Value(_id)}.");
            return ExitCode.Ok;
        }
    }

    private sealed class AcceptVerb(VerbDeclaration verb)
        : Verb(
            verb, "accept", "Accept an invite.", "hutch invite accept < invite.txt",
            "hutch invite accept hutchinvite_0123456789abcdef_SECRET")
    {
        private const string CodeMark = "#code=";

        private readonly Argument<string?> _code = verb.Argument<string?>(
            "code", "The invite's code or link (default: standard input).", ArgumentArity.ZeroOrOne);

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string text = (context.Value(_code) ?? await context.Host.In.ReadLineAsync(cancellationToken) ?? "").Trim();
            int mark = text.IndexOf(CodeMark, StringComparison.Ordinal);
            string code = mark < 0 ? text : text[(mark + CodeMark.Length)..];
            if (code.Length == 0)
            {
                throw ErrorCode.BadRequest.With("No code on standard input; run `hutch invite accept < invite.txt`.").ToException();
            }

            InviteInfo invite = await context.Server.AcceptInviteAsync(new AcceptInvite { Code = code }, cancellationToken);
            context.Print(
                invite,
                HutchJson.Default.InviteInfo,
                invite.Target.StartsWith("dataset:", StringComparison.Ordinal)
                    ? $"You can now {invite.Right} {invite.Name}: `hutch clone {invite.Name}`."
                    : $"You are now a {invite.Right} of the group {invite.Name}.");
            return ExitCode.Ok;
        }
    }
}
