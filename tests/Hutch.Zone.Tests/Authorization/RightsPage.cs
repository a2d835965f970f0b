using System.Globalization;
using System.Text;
using Hutch.Model;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Tests.Authorization;

/// <summary>Writes <c>docs/reference/rights.md</c> from the closed list of operations.</summary>
internal static class RightsPage
{
    private const string Beginning =
        """
        # Rights, roles and scopes

        This page is written from the code (`Hutch.Zone/Authorization/Operation.cs`); a test fails when the two differ.

        Every protocol asks one authorization point the same question: may this caller perform this operation? An operation
        that no rule allows is refused.

        - A **right** applies to one dataset. A user, a group, a share link or everybody can have it: `view` < `read` <
          `derive` < `write` < `manage`. Each includes those before it. The owner has all of them. If a group is the owner,
          its managers own the dataset and its members have `write`.
        - **Ownership needs consent.** An owner offers a dataset, and the receiver (for a group, one of its managers) accepts
          or declines it. The offer lists the rights that stay. Only administrators, and owners managing the receiving
          group, transfer at once. An administrator can name an account (`dataset.create-for`) that creates datasets for
          certain users and groups; it gets `write` on them.
        - **Everybody** can have `view`, `read` or `derive`, at once or after an embargo. A **share link** gives `view` or
          `read` on one dataset until it expires.
        - A **role** applies to the whole installation. Every account has `user`. No role includes reading other people's
          data: administrators must first grant themselves the right, and the audit records it.
        - The roles `operator` and `site-admin` are held **for a site**: `operator@archive` for one that has joined the zone,
          `operator` alone for the zone's own site. They count at that site only. A site admin sees, deletes and restores
          only datasets that are at home there.
        - A **token for a joined site** carries the roles of its account only for datasets that are at home at that site. The
          site knows the public part of the token, and could name it in requests that its owner did not make.
        - A **scope** restricts a token; it never adds anything. Scopes do not include each other: a token with `write` alone
          is a drop box. Roles count only for a token with the scope `admin`. A token can be restricted to datasets; it then
          works for nothing else.
        - The scope `work` is for **workers** and is the only one in its token, which is for one namespace. With it, a program
          takes leases on frames of runs of that namespace, reads the inputs of the leased runs, and writes their rows. It
          can do nothing else.

        A refusal depends on your rights:

        - If you may not view a dataset, the answer is 404, as if it did not exist (or 401 if you are not logged in).
        - If you may view it, but lack the right for the operation, it is 403 and names the right (`forbidden`).
        - If you have the right, but your token is too narrow, it is 403 and names the scope (`scope-missing`).

        """;

    public static string Write()
    {
        var text = new StringBuilder(Beginning);
        text.Append("\n## On a dataset\n\nThe right with the scope, or one of the roles with the scope `admin`.\n\n");
        text.Append("| operation | to … | right | scope | or role |\n|---|---|---|---|---|\n");
        foreach (Operation o in From(OperationTarget.Dataset))
        {
            string right = o.IsOfSite ? "" : o.OwnerOnly ? "owner" : o.Right.ToName();
            text.Append(CultureInfo.InvariantCulture, $"| `{o.Name}` | {o.Summary} | {right} | {Scope(o)} | {Roles(o)} |\n");
        }

        text.Append("\n## On a group\n\n| operation | to … | members | scope | or role |\n|---|---|---|---|---|\n");
        foreach (Operation o in From(OperationTarget.Group))
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{o.Name}` | {o.Summary} | {(o.ManagersOnly ? "its managers" : "its members")} | {Scope(o)} | {Roles(o)} |\n");
        }

        text.Append("\n## On your own account\n\nEvery account. A token may always revoke itself.\n\n| operation | to … | scope |\n|---|---|---|\n");
        foreach (Operation o in From(OperationTarget.Account))
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{o.Name}` | {o.Summary} | {Scope(o)} |\n");
        }

        text.Append("\n## On the installation\n\n| operation | to … | role | scope |\n|---|---|---|---|\n");
        foreach (Operation o in From(OperationTarget.Installation))
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{o.Name}` | {o.Summary} | {Roles(o)} | {Scope(o)} |\n");
        }

        return text.ToString();
    }

    private static IEnumerable<Operation> From(OperationTarget target) => Operation.All.Where(o => o.Target == target);

    private static string Scope(Operation o) => o.Scope == TokenScopes.None ? "any" : new TokenScope(o.Scope).ToString();

    private static string Roles(Operation o) => o.Roles.IsEmpty ? "" : o.Roles.ToString();
}
