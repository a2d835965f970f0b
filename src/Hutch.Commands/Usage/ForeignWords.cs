namespace Hutch.Commands.Usage;

/// <summary>The words that people bring from the shell and from other programs, and the commands that do the same here.</summary>
internal static class ForeignWords
{
    private const string Upload = "`hutch push` uploads the files of a working directory; `hutch init` makes a folder one.";

    private const string Record = "`hutch push -m TEXT` uploads all changes as a new snapshot; no step comes before it.";

    private const string Download =
        "`hutch clone DATASET` downloads a dataset to work on; `hutch stage DATASET` downloads plain files, with --include some of them.";

    private const string Look = "`hutch info DATASET` shows a dataset, `hutch list DATASET` its files.";

    private const string Branch = "`hutch tag` names a snapshot; `hutch derive` makes a dataset of your own from one.";

    private const string List = "`hutch list` lists datasets, `hutch list DATASET` the files of one.";

    private const string Closed =
        "A closed dataset never changes: `hutch derive DATASET --name NEW --copy` makes a new one with its files.";

    private const string Between =
        "Between datasets, `hutch stage DATASET FOLDER --include PATH` downloads files; `hutch push` uploads them from a clone "
        + "of the other.";

    private const string Runs = "`hutch runs list` shows the runs.";

    private const string Settings = "Options are set in hutch.yaml, or with --set; `hutch config` shows and checks them.";

    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["ls"] = List,
        ["dir"] = List,
        ["ll"] = List,
        ["tree"] = List,
        ["du"] = "`hutch info DATASET` shows the size of a dataset, `hutch quota show WHO` that of all of an owner.",
        ["df"] = "`hutch quota show WHO` shows how much of a quota is used.",
        ["cat"] = "`hutch stage DATASET --include PATH` downloads a file; `hutch mount DATASET` shows all as a folder.",
        ["cp"] = "To download: `hutch stage DATASET --include PATH`. To upload: copy into a working directory, then `hutch push`. "
            + Between,
        ["scp"] = Download,
        ["rsync"] = "`hutch push` and `hutch pull` bring a working directory and its dataset to the same state.",
        ["sync"] = "`hutch push` and `hutch pull` bring a working directory and its dataset to the same state.",
        ["download"] = Download,
        ["fetch"] = "`hutch pull` downloads changes into a working directory, `hutch get` the files of placeholders.",
        ["checkout"] = "`hutch clone DATASET@N` downloads a version, `hutch revert` brings one back.",
        ["upload"] = Upload,
        ["put"] = Upload,
        ["send"] = Upload,
        ["import"] = "`hutch init` and `hutch push` upload a folder, `hutch ingest` the frames of a detector file.",
        ["add"] = Record,
        ["commit"] = Record,
        ["save"] = Record,
        ["snapshot"] = "`hutch push` makes a snapshot of the files here, `hutch close` the last one; `hutch tag` names one.",
        ["new"] = "`hutch init` creates a dataset from a folder.",
        ["create"] = "`hutch init` creates a dataset from a folder.",
        ["mkdir"] = "`hutch init` creates a dataset from a folder.",
        ["rm"] = "`hutch remove DATASET PATH` removes a file, `hutch delete DATASET` moves a dataset to the trash.",
        ["del"] = "`hutch remove DATASET PATH` removes a file, `hutch delete DATASET` moves a dataset to the trash.",
        ["mv"] = "`hutch move` moves a file within a dataset, `hutch rename` gives a dataset another name. " + Between,
        ["undo"] = "`hutch revert` brings an earlier version back, `hutch restore` a dataset from the trash.",
        ["rollback"] = "`hutch revert` brings an earlier version back.",
        ["branch"] = Branch,
        ["fork"] = Branch,
        ["copy"] = Branch,
        ["reopen"] = Closed,
        ["unclose"] = Closed,
        ["unlock"] = Closed,
        ["merge"] = "`hutch pull` merges changes of others; `hutch resolve` decides about conflicts.",
        ["show"] = Look,
        ["view"] = Look,
        ["stat"] = Look,
        ["describe"] = Look,
        ["find"] = "`hutch search` finds datasets.",
        ["grep"] = "`hutch search` finds datasets.",
        ["history"] = "`hutch log` shows the snapshots of a dataset.",
        ["umount"] = "`hutch unmount` ends a mount.",
        ["browse"] = "`hutch open` opens a dataset in the browser.",
        ["web"] = "`hutch open` opens the portal in the browser.",
        ["start"] = "`hutch serve` starts the server.",
        ["server"] = "`hutch serve` starts the server.",
        ["run-server"] = "`hutch serve` starts the server.",
        ["check"] = "`hutch doctor` checks a server, `hutch verify` the bytes of a dataset.",
        ["fsck"] = "`hutch verify` checks the bytes of a dataset.",
        ["ps"] = Runs,
        ["job"] = Runs,
        ["exec"] = "`hutch run` runs a command on datasets and records it.",
        ["analyze"] = "`hutch analyse` finds spots in every frame.",
        ["set"] = Settings,
        ["settings"] = Settings,
        ["logon"] = "`hutch login URL` logs you in.",
        ["auth"] = "`hutch login URL` logs you in.",
        ["signin"] = "`hutch login URL` logs you in.",
        ["passwd"] = "Passwords are set in the portal: `hutch open`.",
        ["permissions"] = "`hutch share DATASET` shows who may do what.",
        ["chmod"] = "`hutch share` gives rights, `hutch unshare` takes them.",
        ["grant"] = "`hutch share` gives rights, `hutch unshare` takes them.",
        ["doi"] = "`hutch publish` publishes a closed dataset, with a DOI if the server has a registry.",
        ["man"] = "`hutch COMMAND --help` explains a command.",
        ["user"] = "`hutch user list` lists the accounts.",
        ["group"] = "`hutch group list` lists the groups.",
        ["site"] = "`hutch site list` lists the sites.",
        ["rule"] = "`hutch rule list` lists the placement rules.",
        ["token"] = "`hutch token list` lists your tokens.",
        ["user token"] = "`hutch user login-link NAME` prints a link to log in; users create tokens with `hutch token create`.",
        ["user password"] = "`hutch user login-link NAME` prints a link with which the user sets a password.",
    };

    // Of each row, a command group has one word at most.
    private static readonly string[][] Synonyms =
    [
        ["list", "ls", "all"],
        ["create", "add", "new", "make", "invite", "set"],
        ["remove", "delete", "rm", "del", "revoke", "disable", "stop", "withdraw", "cancel", "kill", "retire"],
        ["show", "info", "get", "status", "view", "describe"],
    ];

    internal static IEnumerable<string> Sentences => Words.Values;

    /// <summary>The command that does what a foreign word means; null for an unknown word.</summary>
    /// <param name="group">The words of the group, with a space at the end; empty at the start of the line.</param>
    internal static string? Find(string group, string word, string[] known)
    {
        if (Words.TryGetValue(group + word, out string? meant) || Words.TryGetValue(group + Singular(word), out meant) || group.Length == 0)
        {
            return meant;
        }

        string[] same = Synonyms.FirstOrDefault(row => row.Contains(word)) ?? [];
        return same.FirstOrDefault(known.Contains) is { } verb ? $"Use `hutch {group}{verb}`." : null;
    }

    private static string Singular(string word) => word.EndsWith('s') ? word[..^1] : word;
}
