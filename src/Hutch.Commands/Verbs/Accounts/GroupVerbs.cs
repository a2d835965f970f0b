using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Accounts;

/// <summary><c>hutch group create | list | show | delete | add | remove</c>.</summary>
internal static class GroupVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup(
        "group",
        "Manage groups of users.",
        new CreateVerb(host),
        new ListGroupsVerb(host),
        new ShowVerb(host),
        new DeleteGroupVerb(host),
        new AddVerb(host),
        new RemoveVerb(host));

    private static Argument<string> GroupName() => new("group") { Description = "The name of the group." };

    private static Argument<string> UserName() => new("user") { Description = "The username." };

    private static string Members(GroupInfo group) =>
        string.Join(", ", group.Members.Select(m => m.Manager ? m.User + " (manager)" : m.User));

    private sealed class CreateVerb(VerbDeclaration verb)
        : Verb(verb, "create", "Create a group with you as its manager.", "hutch group create crystallographers")
    {
        private readonly Argument<string> _group = verb.Add(GroupName());

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            GroupInfo group = await context.Server.CreateGroupAsync(new CreateGroup { Name = context.Value(_group)! }, cancellationToken);
            context.Print(group, HutchJson.Default.GroupInfo, $"Created the group {group.Name}; you are its manager.");
            return ExitCode.Ok;
        }
    }

    private sealed class ListGroupsVerb(VerbDeclaration verb)
        : Verb(verb, "list", "List the groups you can see.", "hutch group list")
    {
        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            var table = new TextTable("NAME", "MEMBERS");
            await context.AddAsync(
                table, context.Server.ListGroupsAsync(cancellationToken), HutchJson.Default.GroupInfo,
                group => [group.Name, Members(group)]);

            context.Write(table, "There are no groups.");
            return ExitCode.Ok;
        }
    }

    private sealed class ShowVerb(VerbDeclaration verb)
        : Verb(verb, "show", "Show the members of a group.", "hutch group show crystallographers")
    {
        private readonly Argument<string> _group = verb.Add(GroupName());

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            GroupInfo group = await context.Server.GetGroupAsync(context.Value(_group)!, cancellationToken);
            context.Print(group, HutchJson.Default.GroupInfo, $"{group.Name}: {Members(group)}");
            return ExitCode.Ok;
        }
    }

    private sealed class DeleteGroupVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "delete",
            "Delete a group. Its members lose the access it gave them.",
            "hutch group delete crystallographers")
    {
        private readonly Argument<string> _group = verb.Add(GroupName());

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            await context.Server.DeleteGroupAsync(context.Value(_group)!, cancellationToken);
            context.WriteDone($"Deleted the group {context.Value(_group)}.");
            return ExitCode.Ok;
        }
    }

    private sealed class AddVerb(VerbDeclaration verb)
        : Verb(verb, "add", "Add a member to a group, or change their role.", "hutch group add crystallographers alice --manager")
    {
        private readonly Argument<string> _group = verb.Add(GroupName());
        private readonly Argument<string> _user = verb.Add(UserName());
        private readonly Option<bool> _manager = verb.Option<bool>("--manager", "Make the member a manager of the group.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            (string group, string user) = (context.Value(_group)!, context.Value(_user)!);
            await context.Server.PutMemberAsync(group, user, new PutMember { Manager = context.Value(_manager) }, cancellationToken);
            context.WriteDone($"{user} is a member of {group}.");
            return ExitCode.Ok;
        }
    }

    private sealed class RemoveVerb(VerbDeclaration verb)
        : Verb(verb, "remove", "Remove a member from a group.", "hutch group remove crystallographers alice")
    {
        private readonly Argument<string> _group = verb.Add(GroupName());
        private readonly Argument<string> _user = verb.Add(UserName());

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            (string group, string user) = (context.Value(_group)!, context.Value(_user)!);
            await context.Server.DeleteMemberAsync(group, user, cancellationToken);
            context.WriteDone($"Removed {user} from {group}.");
            return ExitCode.Ok;
        }
    }
}
