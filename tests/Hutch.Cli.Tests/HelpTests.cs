using System.CommandLine;
using Hutch.Cli.Verbs;
using Hutch.Commands;
using Hutch.Commands.Hosting;
using Hutch.Commands.Usage;

namespace Hutch.Cli.Tests;

public sealed class HelpTests
{
    /// <summary>The text of every other page is in docs/reference/cli.md; these show the layout of the program, a group and a verb.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("user")]
    [InlineData("runs")] // arguments that may be left out were shown like others
    [InlineData("push")]
    public async Task The_layout_of_help_is_reviewed(string path)
    {
        string name = path.Length == 0 ? "hutch" : path;
        Snapshots.Check(Path.Combine(Snapshots.Folder(), "help", name + ".txt"), Normal(await HelpOfAsync(path)));
    }

    [Fact]
    public async Task The_help_of_each_command_has_each_sentence_of_the_reference()
    {
        using var line = new CommandLine();
        RootCommand root = FullProgram.BuildAll(line.Host("", TextWriter.Null, TextWriter.Null));
        List<string> missing = [];

        foreach (string path in Paths(root, ""))
        {
            string help = Words(await HelpOfAsync(path));
            Command command = path.Split(' ').Aggregate((Command)root, (parent, name) => parent.Subcommands.Single(c => c.Name == name));
            missing.AddRange(Sentences(command).Where(sentence => !help.Contains(Words(sentence), StringComparison.Ordinal)).Select(sentence => $"{path}: {sentence}"));
        }

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_verb_has_an_example_and_every_example_is_a_command_line_that_is_understood()
    {
        using var line = new CommandLine();
        RootCommand root = FullProgram.BuildAll(line.Host("", TextWriter.Null, TextWriter.Null));
        List<Verb> verbs = [.. Walk(root).OfType<Verb>().Where(v => !v.Hidden)];

        Assert.True(verbs.Count > 35);
        foreach (Verb verb in verbs)
        {
            Assert.NotEmpty(verb.Examples);
            foreach (string example in verb.Examples)
            {
                string command = System.Text.RegularExpressions.Regex.Replace(example, "'[^']*'", "\"quoted\"").Split(['<', '>', '|'])[0].Split("&&")[0];
                Assert.StartsWith("hutch ", command, StringComparison.Ordinal);
                ParseResult parsed = root.Parse(command["hutch ".Length..], HutchProgram.Parser);
                Assert.True(parsed.Errors.Count == 0, $"{example}: {string.Join(' ', parsed.Errors)}");
                Assert.Same(verb, parsed.CommandResult.Command);
            }
        }
    }

    [Fact]
    public void The_full_program_fills_every_place_in_the_list_of_verbs_and_has_no_verb_without_a_place()
    {
        using var line = new CommandLine();
        CliHost host = line.Host("", TextWriter.Null, TextWriter.Null);
        string[] places = [.. Places(HutchProgram.BuildAll(host))];

        Assert.DoesNotContain(Walk(FullProgram.BuildAll(host)), command => command is FullProgramVerb);
        Assert.Equal(FullVerbs.All.Keys.Order(StringComparer.Ordinal), places.Order(StringComparer.Ordinal));

        static IEnumerable<string> Places(Command command) => Walk(command).OfType<FullProgramVerb>().Select(place => place.Path);
    }

    [Fact]
    public async Task Help_and_version_are_found_under_the_names_that_people_try()
    {
        using var line = new CommandLine();

        Assert.Equal(ExitCode.Ok, await line.RunAsync("help", "push"));
        Assert.Contains("--every", line.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await line.RunAsync("help"));
        Assert.Contains("clone", line.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await line.RunAsync("--version"));
        Assert.StartsWith("hutch ", line.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_arguments_the_help_is_shown_and_the_exit_code_says_that_nothing_was_done()
    {
        using var line = new CommandLine();

        Assert.Equal(ExitCode.Usage, await line.RunAsync());

        Assert.Contains(" [command] [options]", line.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("push --every never", "'never' is not a duration: use a number and s, m, h, d or w, such as 2m or 30d.")]
    [InlineData("share", "`hutch share` needs <dataset>.")]
    [InlineData("user create", "`hutch user create` needs <name>.")]
    [InlineData("purge", "`hutch purge` needs <dataset> and --reason TEXT.")]
    [InlineData("share lysozyme --with", "--with needs a value: WHO.")]
    [InlineData("token crate", "There is no command 'token crate'; did you mean 'create'?")]
    [InlineData("list --recursiv", "`hutch list` has no option '--recursiv'; did you mean '--recursive'?")]
    [InlineData("log -n many", "--limit is 'many'; it must be a whole number.")]
    [InlineData("share lysozyme --after soon", "--after is 'soon'; it must be a date, such as 2027-01-01.")]
    [InlineData("share lysozyme --with bob --right king", "--right is 'king'; it must be view, read, derive, write or manage.")]
    [InlineData("list --colour red", "`hutch list` has no option '--colour'.")]
    [InlineData("whoami me", "`hutch whoami` takes no arguments, and 'me' is one.")]
    [InlineData("close one two", "`hutch close` takes only <dataset>; 'two' is one too many.")]
    public async Task A_wrong_command_line_is_refused_with_the_reason_and_a_reference_to_the_help(string arguments, string expected)
    {
        using var line = new CommandLine();

        Assert.Equal(ExitCode.Usage, await line.RunAsync(arguments.Split(' ')));

        Assert.StartsWith("hutch: " + expected, line.Error, StringComparison.Ordinal);
        Assert.Contains("--help` shows the usage.", line.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ls", "There is no command 'ls'.\n  `hutch list` lists datasets")]
    [InlineData("commit -m x", "There is no command 'commit'.\n  `hutch push -m TEXT`")]
    [InlineData("upload list", "There is no command 'upload'.\n  `hutch push`")]
    [InlineData("clnoe lysozyme", "There is no command 'clnoe'; did you mean 'clone'?")]
    [InlineData("--remote http://h cp lysozyme x", "There is no command 'cp'.\n  To download:")]
    [InlineData("xyzzy x", "There is no command 'xyzzy'.\n  `hutch --help` lists the commands.")]
    [InlineData("help me", "There is no command 'me'.")]
    [InlineData("user delete ada", "There is no command 'user delete'.\n  Use `hutch user disable`.")]
    [InlineData("user token ada", "There is no command 'user token'.\n  `hutch user login-link NAME`")]
    [InlineData("reopen lysozyme", "There is no command 'reopen'.\n  A closed dataset never changes: `hutch derive DATASET --name NEW --copy`")]
    [InlineData("token ls", "There is no command 'token ls'.\n  Use `hutch token list`.")]
    public async Task The_first_word_that_is_no_command_is_blamed_and_words_of_other_programs_are_translated(string arguments, string expected)
    {
        using var line = new CommandLine();

        Assert.Equal(ExitCode.Usage, await line.RunAsync(arguments.Split(' ')));

        Assert.StartsWith("hutch: " + expected, line.Error, StringComparison.Ordinal);
        Assert.Empty(line.Server.Requests);
    }

    [Fact]
    public void Every_command_in_a_translation_exists()
    {
        using var line = new CommandLine();
        RootCommand root = FullProgram.BuildAll(line.Host("", TextWriter.Null, TextWriter.Null));
        HashSet<string> paths = [.. Paths(root, "")];

        Assert.All(ForeignWords.Sentences, sentence => Assert.All(
            System.Text.RegularExpressions.Regex.Matches(sentence, "`hutch ([a-z]+(?: [a-z-]+)?)").Select(match => match.Groups[1].Value),
            command => Assert.True(paths.Contains(command) || paths.Contains(command.Split(' ')[0]), command)));
    }

    /// <summary>N14: a move to another dataset was answered with "needs a path".</summary>
    [Fact]
    public async Task A_move_to_another_dataset_names_the_way()
    {
        using var line = new CommandLine();

        Assert.Equal(ExitCode.Usage, await line.RunAsync("move", "lysozyme/a.txt", "insulin"));

        Assert.StartsWith("hutch: `hutch move` moves files within a dataset, and needs two paths", line.Error, StringComparison.Ordinal);
        Assert.Contains("\n  Files come into another dataset by `hutch stage DATASET FOLDER --include PATH`", line.Error, StringComparison.Ordinal);
        Assert.Empty(line.Server.Requests);
    }

    [Fact]
    public async Task A_group_without_a_command_lists_its_commands()
    {
        using var line = new CommandLine();

        Assert.Equal(ExitCode.Usage, await line.RunAsync("group"));

        Assert.StartsWith("hutch: `hutch group` needs a command: create, list,", line.Error, StringComparison.Ordinal);
        Assert.Contains("\n  create  Create a group", line.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clone --json", "`hutch clone` needs <dataset>.")]
    [InlineData("--json clnoe x", "There is no command 'clnoe'; did you mean 'clone'?")]
    [InlineData("group --json", "`hutch group` needs a command: create, list, show, delete, add, remove.")]
    public async Task With_json_a_wrong_command_line_is_one_object_too(string arguments, string expected)
    {
        using var line = new CommandLine();

        Assert.Equal(ExitCode.Usage, await line.RunAsync(arguments.Split(' ')));

        System.Text.Json.JsonElement problem = System.Text.Json.JsonDocument.Parse(line.Error).RootElement;
        Assert.Equal(("usage", expected), (problem.GetProperty("code").GetString(), problem.GetProperty("detail").GetString()));
        Assert.False(problem.TryGetProperty("status", out _));
    }

    internal static IEnumerable<Command> Walk(Command command) => command.Subcommands.SelectMany(c => Walk(c).Prepend(c));

    internal static IEnumerable<string> Paths(Command command, string prefix) =>
        command.Subcommands.Where(c => !c.Hidden).SelectMany(c => Paths(c, prefix + c.Name + " ").Prepend(prefix + c.Name));

    private static async Task<string> HelpOfAsync(string path)
    {
        using var line = new CommandLine();
        Assert.Equal(ExitCode.Ok, await line.RunAsync([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]));
        return line.Out;
    }

    /// <summary>What the reference page has of a command, as the page of help must have it.</summary>
    private static IEnumerable<string> Sentences(Command command) =>
    [
        command.Description ?? "",
        .. command.Arguments.Select(argument => argument.Description ?? ""),
        .. command.Options.Where(option => !option.Hidden && option.Name != "--help").Select(option => option.Description ?? ""),
        .. command.Options.Where(option => !option.Hidden).SelectMany(option => option.Aliases.Prepend(option.Name)),
        .. command.Subcommands.Where(c => !c.Hidden).Select(c => c.Description ?? ""),
        .. command is Verb verb ? verb.Examples : [],
    ];

    /// <summary>A text on one line: columns of help break it elsewhere.</summary>
    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    // The name of the program is that of the test when the test runs it; the lines end without blanks.
    private static string Normal(string help) =>
        string.Join('\n', help.ReplaceLineEndings("\n").Split('\n').Select(l => l.TrimEnd())).Replace("Hutch.Cli.Tests ", "hutch ", StringComparison.Ordinal).TrimEnd() + "\n";
}
