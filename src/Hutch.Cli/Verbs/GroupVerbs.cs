using System.CommandLine;
using Hutch.Cli.Hosting;
using Hutch.Cli.Output;
using Hutch.Model.Contracts;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch group create | list | show | delete | add | remove</c>.</summary>
internal static class GroupVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup(
        "group",
        "Make groups of users, to share with all of them at once.",
        new CreateVerb(host),
        new ListGroupsVerb(host),
        new ShowVerb(host),
        new DeleteGroupVerb(host),
        new AddVerb(host),
        new RemoveVerb(host));

    private static Argument<string> GroupName() => new("group") { Description = "The name of the group." };

    private static Argument<string> UserName() => new("user") { Description = "The login name." };

    private static string Members(GroupInfo group) =>
        string.Join(", ", group.Members.Select(m => m.Manager ? m.User + " (manager)" : m.User));

    private sealed class CreateVerb : Verb
    {
        private readonly Argument<string> _group = GroupName();

        internal CreateVerb(CliHost host)
            : base(host, "create", "Make a group; you are its first manager.", "hutch group create crystallographers") => Add(_group);

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            GroupInfo group = await context.Server.CreateGroupAsync(new CreateGroup { Name = context.Value(_group)! }, cancellationToken);
            context.Print(group, HutchJson.Default.GroupInfo, $"The group {group.Name} is made; you manage it.");
            return ExitCode.Ok;
        }
    }

    private sealed class ListGroupsVerb : Verb
    {
        internal ListGroupsVerb(CliHost host)
            : base(host, "list", "List the groups that you may see.", "hutch group list")
        {
        }

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            var table = new TextTable("NAME", "MEMBERS");
            await foreach (GroupInfo group in context.Server.ListGroupsAsync(cancellationToken))
            {
                if (context.Json)
                {
                    context.PrintJson(group, HutchJson.Default.GroupInfo);
                    continue;
                }

                table.Add(group.Name, Members(group));
            }

            table.Write(context.Host.Out);
            return ExitCode.Ok;
        }
    }

    private sealed class ShowVerb : Verb
    {
        private readonly Argument<string> _group = GroupName();

        internal ShowVerb(CliHost host)
            : base(host, "show", "Show who is in a group.", "hutch group show crystallographers") => Add(_group);

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            GroupInfo group = await context.Server.GetGroupAsync(context.Value(_group)!, cancellationToken);
            context.Print(group, HutchJson.Default.GroupInfo, $"{group.Name}: {Members(group)}");
            return ExitCode.Ok;
        }
    }

    private sealed class DeleteGroupVerb : Verb
    {
        private readonly Argument<string> _group = GroupName();

        internal DeleteGroupVerb(CliHost host)
            : base(
                host,
                "delete",
                "Remove a group; what was shared with it is shared no longer.",
                "hutch group delete crystallographers") => Add(_group);

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            await context.Server.DeleteGroupAsync(context.Value(_group)!, cancellationToken);
            context.Note($"The group {context.Value(_group)} is removed.");
            return ExitCode.Ok;
        }
    }

    private sealed class AddVerb : Verb
    {
        private readonly Argument<string> _group = GroupName();
        private readonly Argument<string> _user = UserName();
        private readonly Option<bool> _manager = new("--manager") { Description = "Let the member change the group." };

        internal AddVerb(CliHost host)
            : base(host, "add", "Add a member to a group, or change what it may do.", "hutch group add crystallographers alice --manager")
        {
            Add(_group);
            Add(_user);
            Add(_manager);
        }

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            (string group, string user) = (context.Value(_group)!, context.Value(_user)!);
            await context.Server.PutMemberAsync(group, user, new PutMember { Manager = context.Value(_manager) }, cancellationToken);
            context.Note($"{user} is in {group}.");
            return ExitCode.Ok;
        }
    }

    private sealed class RemoveVerb : Verb
    {
        private readonly Argument<string> _group = GroupName();
        private readonly Argument<string> _user = UserName();

        internal RemoveVerb(CliHost host)
            : base(host, "remove", "Take a member out of a group.", "hutch group remove crystallographers alice")
        {
            Add(_group);
            Add(_user);
        }

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            (string group, string user) = (context.Value(_group)!, context.Value(_user)!);
            await context.Server.DeleteMemberAsync(group, user, cancellationToken);
            context.Note($"{user} is not in {group} any more.");
            return ExitCode.Ok;
        }
    }
}
