using System.Text;
using Hutch.Model;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Tests.Authorization;

public sealed class MatrixTests
{
    [Fact]
    public void The_matrix_of_role_right_and_operation_is_the_one_that_was_read_and_accepted() => Written.MustBe("matrix.txt", Matrix.Write());

    [Fact]
    public void The_page_on_rights_is_what_the_rules_say() => Written.MustBe("../../../docs/reference/rights.md", RightsPage.Write());

    [Fact]
    public void The_messages_are_those_that_were_read_and_accepted()
    {
        var text = new StringBuilder("What is answered to who may not. Written by MatrixTests; read it as prose before you accept a change of it.\n\n");
        foreach ((string who, HutchError error) in Refusals().DistinctBy(r => r.Error.Message))
        {
            string details = error.Details is null ? "" : $" ({string.Join(", ", error.Details.Select(d => $"{d.Key}: {d.Value}"))})";
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{error.Code.Status} {error.Code.Name}, {who}{details}\n    {error.Message}\n");
        }

        Written.MustBe("refusals.txt", text.ToString());
    }

    [Fact]
    public void The_list_of_operations_is_complete_and_each_has_its_own_name()
    {
        Operation[] fields =
        [
            .. typeof(Operation).GetFields(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static).Select(f => f.GetValue(null)).OfType<Operation>(),
        ];

        Assert.Equal(fields.Select(o => o.Name).Order(), Operation.All.Select(o => o.Name).Order());
        Assert.Equal(fields.Length, fields.Select(o => o.Name).Distinct().Count());
    }

    [Fact]
    public void An_operation_asked_about_the_wrong_thing_is_a_bug_and_not_an_answer()
    {
        Caller admin = People.User(People.Owner, RoleSet.All);

        Assert.Throws<ArgumentException>(() => People.Ask(admin, People.Facts(), Operation.GroupRead));
        Assert.Throws<ArgumentException>(() => AuthorizationRules.OnGroup(admin, People.Lab, Operation.EntryRead));
        Assert.Throws<ArgumentException>(() => AuthorizationRules.OnRest(admin, Operation.EntryRead));
    }

    private static IEnumerable<(string Who, HutchError Error)> Refusals()
    {
        Caller[] callers =
        [
            Caller.Anonymous, People.Link(Rights.View), People.User(People.Bob), People.User(People.Bob, RoleSet.From(Role.Administrator), new TokenScope(TokenScopes.Read)),
            People.User(People.Owner, scope: new TokenScope(TokenScopes.None)),
        ];
        DatasetAccess[] facts = [People.Facts(), People.Facts(visibility: Model.Zone.Visibility.Public), People.Facts(grants: (People.Bob, Rights.Manage))];
        string[] names = ["not logged in", "a link", "a user", "an administrator with a token for reading", "the owner with an empty token"];
        for (int i = 0; i < callers.Length; i++)
        {
            foreach (Operation operation in Operation.All)
            {
                foreach (HutchError? error in Ask(callers[i], facts, operation))
                {
                    if (error is not null)
                    {
                        yield return (names[i], error);
                    }
                }
            }
        }

        Caller restricted = People.User(People.Owner, scope: new TokenScope(TokenScopes.All, [People.Dataset]));
        yield return ("a restricted token", AuthorizationRules.OnRest(restricted, Operation.DatasetCreate).Error!);
    }

    private static IEnumerable<HutchError?> Ask(Caller caller, DatasetAccess[] facts, Operation operation) => operation.Target switch
    {
        OperationTarget.Dataset => facts.Select(f => People.Ask(caller, f, operation).Error),
        OperationTarget.Group => [AuthorizationRules.OnGroup(caller, People.Lab, operation).Error],
        _ => [AuthorizationRules.OnRest(caller, operation).Error],
    };
}
