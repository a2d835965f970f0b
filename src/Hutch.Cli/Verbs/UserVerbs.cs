using System.CommandLine;
using Hutch.Cli.Hosting;
using Hutch.Cli.Output;
using Hutch.Model.Contracts;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch user create | list | show | disable | enable</c>.</summary>
internal static class UserVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup(
        "user",
        "Make and manage accounts (administrators).",
        new CreateVerb(host),
        new ListUsersVerb(host),
        new ShowVerb(host),
        new SwitchVerb(host, "disable", "Refuse every token of an account; nothing of it is deleted.", disabled: true),
        new SwitchVerb(host, "enable", "Take the tokens of an account again.", disabled: false));

    private static string Describe(UserInfo user) =>
        $"{user.Name}{(user.DisplayName is { } name ? $" ({name})" : "")}: "
        + $"{string.Join(", ", user.Roles)}{(user.Disabled ? ", disabled" : "")}";

    private sealed class CreateVerb : Verb
    {
        private readonly Argument<string> _name = new("name") { Description = "The login name: lower-case letters, digits and dashes." };
        private readonly Option<string?> _displayName = new("--display-name") { Description = "The name for people.", HelpName = "NAME" };

        private readonly Option<string[]> _roles = new("--role")
        {
            Description = "user, operator, site-admin, auditor or administrator; may be given several times.",
            HelpName = "ROLE",
        };

        internal CreateVerb(CliHost host)
            : base(
                host,
                "create",
                "Make an account and its first token, which is shown once.",
                "hutch user create alice --display-name 'Alice Liddell'",
                "hutch user create bob --json | jq -r .token")
        {
            Add(_name);
            Add(_displayName);
            Add(_roles);
        }

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string[] roles = context.Value(_roles) ?? [];
            CreatedUser user = await context.Server.CreateUserAsync(
                new CreateUser
                {
                    Name = context.Value(_name)!,
                    DisplayName = context.Value(_displayName),
                    Roles = roles.Length > 0 ? roles : null,
                },
                cancellationToken);
            context.Print(user, HutchJson.Default.CreatedUser, user.Token);
            context.Note(
                $"The account {user.Name} is made. Its token is shown only now: hand it over on a safe way, "
                + $"for `hutch login {context.Server.Remote.ToString().TrimEnd('/')}`.");
            return ExitCode.Ok;
        }
    }

    private sealed class ListUsersVerb : Verb
    {
        internal ListUsersVerb(CliHost host)
            : base(host, "list", "List all accounts.", "hutch user list")
        {
        }

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            var table = new TextTable("NAME", "DISPLAY NAME", "ROLES", "STATE", "CREATED");
            await foreach (UserInfo user in context.Server.ListUsersAsync(cancellationToken))
            {
                if (context.Json)
                {
                    context.PrintJson(user, HutchJson.Default.UserInfo);
                    continue;
                }

                string state = user.Disabled ? "disabled" : "active";
                table.Add(user.Name, user.DisplayName ?? "", string.Join(',', user.Roles), state, Human.Time(user.Created));
            }

            table.Write(context.Host.Out);
            return ExitCode.Ok;
        }
    }

    private sealed class ShowVerb : Verb
    {
        private readonly Argument<string> _name = new("name") { Description = "The login name." };

        internal ShowVerb(CliHost host)
            : base(host, "show", "Show one account.", "hutch user show alice") => Add(_name);

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            UserInfo user = await context.Server.GetUserAsync(context.Value(_name)!, cancellationToken);
            context.Print(user, HutchJson.Default.UserInfo, Describe(user));
            return ExitCode.Ok;
        }
    }

    private sealed class SwitchVerb : Verb
    {
        private readonly Argument<string> _name = new("name") { Description = "The login name." };
        private readonly bool _disabled;

        internal SwitchVerb(CliHost host, string name, string description, bool disabled)
            : base(host, name, description, $"hutch user {name} alice")
        {
            _disabled = disabled;
            Add(_name);
        }

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            UserInfo user = await context.Server.PatchUserAsync(
                context.Value(_name)!, new PatchUser { Disabled = _disabled }, cancellationToken);
            context.Print(user, HutchJson.Default.UserInfo, Describe(user));
            return ExitCode.Ok;
        }
    }
}
