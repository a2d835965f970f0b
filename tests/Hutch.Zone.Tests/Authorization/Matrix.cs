using System.Text;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Tests.Authorization;

/// <summary>Writes the whole matrix of who may do what, by asking the rules each question.</summary>
internal static class Matrix
{
    private static readonly (string Name, Rights Right)[] Steps =
        [("none", Rights.None), .. RightsExtensions.Ladder.Select(r => (r.ToName(), r))];

    private static IEnumerable<Operation> OnDataset => Operation.All.Where(o => o.Target == OperationTarget.Dataset);

    public static string Write()
    {
        var text = new StringBuilder();
        text.AppendLine("Who may do what. Written by MatrixTests from the rules; read it as prose before you accept a change of it.");
        text.AppendLine();
        text.AppendLine("yes    allowed");
        text.AppendLine("401    not logged in; more is not told");
        text.AppendLine("403    may see it, but lacks the right or role; the answer names it");
        text.AppendLine("404    may not even see it");
        text.AppendLine("scope  has the right or role, but the token lacks the scope; the answer names it");
        foreach (Role role in RoleNames.All)
        {
            WriteRole(text, role);
        }

        WriteOthers(text);
        WriteScopes(text);
        WriteGroups(text);
        WriteRest(text);
        return text.ToString();
    }

    private static void WriteRole(StringBuilder text, Role role)
    {
        RoleSet roles = RoleSet.From(role);
        Caller ada = People.User(People.Owner, roles);
        Caller bob = People.User(People.Bob, roles);
        Table(
            text, $"Datasets: role {role.ToName()}, a token with every scope, by right on the dataset", OnDataset,
            [.. Steps.Select(s => (s.Name, (Func<Operation, string>)(o => People.Short(People.Ask(bob, People.Facts(grants: (People.Bob, s.Right)), o)))))
                , ("owner", o => People.Short(People.Ask(ada, People.Facts(), o)))
                , ("none, at home elsewhere", o => People.Short(People.Ask(bob, People.FactsFromElsewhere(), o)))
                , ("view, at home elsewhere", o => People.Short(People.Ask(bob, People.FactsFromElsewhere((People.Bob, Rights.View)), o)))]);
    }

    private static void WriteOthers(StringBuilder text)
    {
        Caller bob = People.User(People.Bob);
        DatasetAccess ofLab = People.Facts(People.Lab);
        DatasetAccess open = People.Facts(visibility: Visibility.Public);
        DatasetAccess embargoed = People.Facts(visibility: Visibility.PublicAfter(People.Now + TimeSpan.FromSeconds(1)));
        Table(text, "Datasets: who is not logged in, links, and what is public", OnDataset,
        [
            ("anonymous", o => People.Short(People.Ask(Caller.Anonymous, People.Facts(), o))),
            ("anonymous, public", o => People.Short(People.Ask(Caller.Anonymous, open, o))),
            ("user, public", o => People.Short(People.Ask(bob, open, o))),
            ("user, embargo", o => People.Short(People.Ask(bob, embargoed, o))),
            ("link view", o => People.Short(People.Ask(People.Link(Rights.View), People.Facts(), o))),
            ("link read", o => People.Short(People.Ask(People.Link(Rights.Read), People.Facts(), o))),
        ]);
        Table(text, "Datasets: owned by a group, or shared with one", OnDataset,
        [
            ("stranger", o => People.Short(People.Ask(bob, ofLab, o))),
            ("member", o => People.Short(People.Ask(People.User(People.Bob, groups: People.InLab(manager: false)), ofLab, o))),
            ("manager", o => People.Short(People.Ask(People.User(People.Bob, groups: People.InLab(manager: true)), ofLab, o))),
            ("group has read", o => People.Short(People.Ask(
                People.User(People.Bob, groups: People.InLab(manager: true)), People.Facts(grants: (People.Lab, Rights.Read)), o))),
        ]);
    }

    private static void WriteScopes(StringBuilder text)
    {
        TokenScopes[] scopes = [TokenScopes.None, TokenScopes.Read, TokenScopes.Write, TokenScopes.Manage, TokenScopes.Admin, TokenScopes.Work];
        (string, Func<Operation, string>)[] Columns(PrincipalRecord who, RoleSet roles) =>
        [
            .. scopes.Select(s => (s.ToString().ToLowerInvariant(), (Func<Operation, string>)(o =>
                People.Short(People.Ask(People.User(who, roles, new TokenScope(s)), People.Facts(), o))))),
            ("all, this dataset", o => People.Short(People.Ask(People.User(who, roles, new TokenScope(TokenScopes.All, [People.Dataset])), People.Facts(), o))),
            ("all, another", o => People.Short(People.Ask(People.User(who, roles, new TokenScope(TokenScopes.All, [People.OtherDataset])), People.Facts(), o))),
        ];

        Table(text, "Datasets: the owner, by the scope of the token", OnDataset, Columns(People.Owner, RoleSet.None));
        Table(text, "Datasets: an administrator without a right, by the scope of the token", OnDataset, Columns(People.Bob, RoleSet.From(Role.Administrator)));
    }

    private static void WriteGroups(StringBuilder text)
    {
        string On(Caller caller, Operation operation) => People.Short(AuthorizationRules.OnGroup(caller, People.Lab, operation));
        Table(text, "Groups", Operation.All.Where(o => o.Target == OperationTarget.Group),
        [
            ("anonymous", o => On(Caller.Anonymous, o)),
            ("link", o => On(People.Link(Rights.Read), o)),
            ("stranger", o => On(People.User(People.Bob), o)),
            ("member", o => On(People.User(People.Bob, groups: People.InLab(manager: false)), o)),
            ("manager", o => On(People.User(People.Bob, groups: People.InLab(manager: true)), o)),
            ("administrator", o => On(People.User(People.Bob, RoleSet.From(Role.Administrator)), o)),
            ("its token work", o => On(People.User(People.Bob, scope: TokenScope.ForWork("trial"), groups: People.InLab(manager: true)), o)),
            ("its token read", o => On(People.User(People.Bob, scope: new TokenScope(TokenScopes.Read), groups: People.InLab(manager: true)), o)),
            ("restricted", o => On(People.User(People.Bob, scope: new TokenScope(TokenScopes.All, [People.Dataset]), groups: People.InLab(manager: true)), o)),
        ]);
    }

    private static void WriteRest(StringBuilder text)
    {
        string On(Caller caller, Operation operation) => People.Short(AuthorizationRules.OnRest(caller, operation));
        Table(text, "One's own account and the installation, by role, a token with every scope",
            Operation.All.Where(o => o.Target is OperationTarget.Account or OperationTarget.Installation),
            [
                ("anonymous", o => On(Caller.Anonymous, o)),
                ("link", o => On(People.Link(Rights.Read), o)),
                .. RoleNames.All.Select(r => (r.ToName(), (Func<Operation, string>)(o => On(People.User(People.Bob, RoleSet.From(r)), o)))),
            ]);
        TokenScopes[] scopes = [TokenScopes.None, TokenScopes.Read, TokenScopes.Write, TokenScopes.Manage, TokenScopes.Admin, TokenScopes.Work];
        Table(text, "One's own account and the installation: an administrator, by the scope of the token",
            Operation.All.Where(o => o.Target is OperationTarget.Account or OperationTarget.Installation),
            [
                .. scopes.Select(s => (s.ToString().ToLowerInvariant(), (Func<Operation, string>)(o =>
                    On(People.User(People.Bob, RoleSet.From(Role.Administrator), new TokenScope(s)), o)))),
                ("all, one dataset", o => On(People.User(People.Bob, RoleSet.From(Role.Administrator), new TokenScope(TokenScopes.All, [People.Dataset])), o)),
            ]);
    }

    private static void Table(StringBuilder text, string title, IEnumerable<Operation> rows, (string Name, Func<Operation, string> Cell)[] columns)
    {
        text.AppendLine().AppendLine(title).AppendLine(new string('-', title.Length));
        int first = Operation.All.Max(o => o.Name.Length) + 2;
        int[] widths = [.. columns.Select(c => Math.Max(6, c.Name.Length) + 2)];
        text.Append(new string(' ', first));
        for (int i = 0; i < columns.Length; i++)
        {
            text.Append(columns[i].Name.PadRight(widths[i]));
        }

        text.TrimLine();
        foreach (Operation row in rows)
        {
            text.Append(row.Name.PadRight(first));
            for (int i = 0; i < columns.Length; i++)
            {
                text.Append(columns[i].Cell(row).PadRight(widths[i]));
            }

            text.TrimLine();
        }
    }

    private static void TrimLine(this StringBuilder text)
    {
        while (text.Length > 0 && text[^1] == ' ')
        {
            text.Length--;
        }

        text.AppendLine();
    }
}
