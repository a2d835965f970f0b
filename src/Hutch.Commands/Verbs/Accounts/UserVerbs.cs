using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Accounts;

/// <summary>
/// <c>hutch user create | list | show | roles | disable | enable | login-link | link | unlink | create-for | hand-over |
/// recover-admin</c>.
/// </summary>
internal static class UserVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup(
        "user",
        "Create and manage accounts (administrators).",
        new CreateVerb(host),
        new ListUsersVerb(host),
        new ShowVerb(host),
        new RolesVerb(host),
        new SwitchVerb(host, "disable", "Disable an account: its tokens stop working; its data is kept.", disabled: true),
        new SwitchVerb(host, "enable", "Enable an account again.", disabled: false),
        new LoginLinkVerb(host),
        new LinkIdentityVerb(host),
        new UnlinkIdentityVerb(host),
        new CreateForVerb(host),
        new HandOverVerb(host),
        FullProgramVerb.Create(host, "user recover-admin"));

    private static string Describe(UserInfo user) =>
        $"{user.Name}{(user.DisplayName is { } name ? $" ({name})" : "")}: "
        + $"{string.Join(", ", user.Roles)}{(user.Disabled ? ", disabled" : "")}"
        + (user.CreatesFor is { } owners ? $"; creates datasets for {string.Join(", ", owners)}" : "");

    private sealed class CreateVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "create",
            "Create an account and print its first token and a one-time login link for the portal. They are not shown again.",
            "hutch user create alice --display-name 'Alice Liddell'",
            "hutch user create bob --json | jq -r .token")
    {
        private readonly Argument<string> _name = verb.Argument<string>(
            "name", "The username: lowercase letters, digits and hyphens.");
        private readonly Option<string?> _displayName = verb.Option<string?>("--display-name NAME", "The full name.");
        private readonly Option<string?> _email = verb.Option<string?>("--email ADDRESS", "The email address.");
        private readonly Option<string[]> _roles = verb.Option<string[]>(
            "--role ROLE",
            "The role: user, operator, site-admin, auditor or administrator; for a site of the zone operator@SITE or "
            + "site-admin@SITE; repeatable.").Suggesting([.. RoleNames.All.Select(role => role.ToName())]);

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string[] roles = context.Value(_roles) ?? [];
            var create = new CreateUser
            {
                Name = context.Value(_name)!,
                DisplayName = context.Value(_displayName),
                Email = context.Value(_email),
                Roles = roles.Length > 0 ? roles : null,
            };
            CreatedUser user = await context.Server.CreateUserAsync(create, cancellationToken);
            CreatedLoginLink link = await context.Server.CreateLoginLinkAsync(user.Name, cancellationToken);
            context.Print(
                new CreatedUserLine(user.Name, user.Token, user.Expires, link.Url, link.Expires),
                CliJson.Default.CreatedUserLine,
                user.Token);

            // The address under which people reach the server, which may not be that of this administrator.
            string address = link.Url.Split("/login#")[0];
            context.WriteNote(
                $"Created the account {user.Name}. Its token is not shown again{TokenEnd(user)}: "
                + $"send it over a safe channel, for `hutch login {address}`. "
                + $"One-time login link for a browser, valid until {Human.Time(link.Expires)}: {link.Url}");
            return ExitCode.Ok;
        }

        private static string TokenEnd(CreatedUser user) =>
            user.Expires is { } end ? $", and expires on {Human.Time(end)}" : ", and does not expire";
    }

    private sealed class ListUsersVerb(VerbDeclaration verb)
        : Verb(verb, "list", "List all accounts.", "hutch user list")
    {
        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            var table = new TextTable("NAME", "DISPLAY NAME", "ROLES", "STATE", "CREATED");
            await context.AddAsync(
                table, context.Server.ListUsersAsync(cancellationToken), HutchJson.Default.UserInfo,
                user =>
                [
                    user.Name,
                    user.DisplayName ?? "",
                    string.Join(',', user.Roles),
                    user.Disabled ? "disabled" : "active",
                    Human.Time(user.Created),
                ]);

            context.Write(table, "There are no users.");
            return ExitCode.Ok;
        }
    }

    private sealed class ShowVerb(VerbDeclaration verb)
        : Verb(verb, "show", "Show an account.", "hutch user show alice")
    {
        private readonly Argument<string> _name = verb.Argument<string>("name", "The username.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            UserInfo user = await context.Server.GetUserAsync(context.Value(_name)!, cancellationToken);
            context.Print(user, HutchJson.Default.UserInfo, Describe(user));
            return ExitCode.Ok;
        }
    }

    private sealed class RolesVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "roles",
            "Set the roles of an account, in the whole zone or for one of its sites.",
            "hutch user roles alice operator@archive",
            "hutch user roles alice")
    {
        private readonly Argument<string> _name = verb.Argument<string>("name", "The username.");
        private readonly Argument<string[]> _roles = verb.Argument<string[]>(
            "role",
            "All roles that the account has from now on: operator, site-admin, auditor or administrator; for a site of the "
            + "zone operator@SITE or site-admin@SITE. None: user alone.",
            ArgumentArity.ZeroOrMore);

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            UserInfo user = await context.Server.PatchUserAsync(
                context.Value(_name)!, new PatchUser { Roles = context.Value(_roles) ?? [] }, cancellationToken);
            context.Print(user, HutchJson.Default.UserInfo, Describe(user));
            return ExitCode.Ok;
        }
    }

    private sealed class SwitchVerb(VerbDeclaration verb, string name, string description, bool disabled)
        : Verb(verb, name, description, $"hutch user {name} alice")
    {
        private readonly Argument<string> _name = verb.Argument<string>("name", "The username.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            UserInfo user = await context.Server.PatchUserAsync(
                context.Value(_name)!, new PatchUser { Disabled = disabled }, cancellationToken);
            context.Print(user, HutchJson.Default.UserInfo, Describe(user));
            if (disabled && user.Datasets > 0)
            {
                context.WriteNote(
                    $"{user.Name} still owns {Human.Count(user.Datasets, "dataset")}; "
                    + $"`hutch user hand-over {user.Name} --to NAME` transfers everything to another user.");
            }

            return ExitCode.Ok;
        }
    }

    private sealed class LoginLinkVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "login-link",
            "Create and print a one-time link to log in at the portal and set a new password. It is not shown again.",
            "hutch user login-link alice")
    {
        private readonly Argument<string> _name = verb.Argument<string>("name", "The username.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            CreatedLoginLink link = await context.Server.CreateLoginLinkAsync(context.Value(_name)!, cancellationToken);
            context.Print(link, HutchJson.Default.CreatedLoginLink, link.Url);
            context.WriteNote(
                $"The first to open this link, until {Human.Time(link.Expires)}, is logged in as {context.Value(_name)}: "
                + "send it over a safe channel.");
            return ExitCode.Ok;
        }
    }

    private sealed class CreateForVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "create-for",
            "Let an account create datasets that belong to others, without their consent, and fill them.",
            "hutch user create-for beamline-7 crystallographers alice",
            "hutch user create-for beamline-7")
    {
        private readonly Argument<string> _name = verb.Argument<string>("name", "The account, usually of a program.");
        private readonly Argument<string[]> _owners = verb.Argument<string[]>(
            "owner", "The users and groups; none to end it.", ArgumentArity.ZeroOrMore);

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            UserInfo user = await context.Server.PatchUserAsync(
                context.Value(_name)!,
                new PatchUser { CreatesFor = [.. (context.Value(_owners) ?? []).Select(owner => owner.TrimStart('@'))] },
                cancellationToken);
            context.Print(user, HutchJson.Default.UserInfo, Describe(user));
            return ExitCode.Ok;
        }
    }

    private sealed class HandOverVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "hand-over",
            "Transfer everything a user owns: datasets, rights, share links, invites, and groups with no other manager.",
            "hutch user hand-over alice --to bob --dry-run",
            "hutch user hand-over alice --to bob",
            "hutch user hand-over alice --to @crystallographers")
    {
        private readonly Argument<string> _name = verb.Argument<string>("name", "The leaving user.");
        private readonly Option<string> _to = verb.Required<string>("--to WHO", "The new owner: USER or @GROUP.");
        private readonly Option<bool> _dryRun = verb.Option<bool>(
            "--dry-run", "List the datasets and their sizes, and change nothing.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string to = context.Value(_to)!;
            HandOverInfo done = await context.Server.HandOverAsync(
                context.Value(_name)!, new HandOver { To = to, DryRun = context.Value(_dryRun) }, cancellationToken);
            if (done.Items is { } items)
            {
                PrintPlan(context, done, items, to);
                return ExitCode.Ok;
            }

            context.Print(
                done,
                HutchJson.Default.HandOverInfo,
                $"Transferred from {context.Value(_name)} to {to}: {done.Datasets} datasets, {done.Grants} rights, "
                + $"{done.Links} share links, {done.Invites} invites, {done.Groups} groups.");
            return ExitCode.Ok;
        }

        private static void PrintPlan(CliContext context, HandOverInfo plan, IReadOnlyList<HandOverItem> items, string to)
        {
            if (context.Json)
            {
                context.PrintJson(plan, HutchJson.Default.HandOverInfo);
                return;
            }

            var table = new TextTable("DATASET", "STATE", "FILES", "SIZE", "TITLE");
            foreach (HandOverItem item in items)
            {
                table.Add(
                    item.Name, item.State, item.Files.ToString(CultureInfo.InvariantCulture), Display.Bytes(item.Bytes), item.Title ?? "");
            }

            context.Write(table, "No dataset would be transferred.");
            context.WriteNote(
                $"{plan.Datasets} datasets of {Display.Bytes(items.Sum(static item => item.Bytes))} would go to {to}. Nothing was changed. "
                + "`hutch info` and `hutch list` show an administrator each of them; their files stay unread.");
        }
    }
}

/// <summary>The output of <c>hutch user create --json</c>.</summary>
internal sealed record CreatedUserLine(
    string Name, string Token, DateTimeOffset? TokenExpires, string LoginLink, DateTimeOffset LoginLinkExpires);
