using System.Text;
using System.Text.Json;
using Hutch.Model.Parameters;
using Hutch.Model.Records;
using Hutch.Programs.Documents;
using Hutch.Types.Documents;

namespace Hutch.Programs.Tests;

public sealed class ProgramReaderTests
{
    private const string Head = "title: Fit\nversion: \"1\"\n";
    private const string Command = "command: [fit, \"{input}\", \"{output}/a\"]\n";

    public static TheoryData<string> Examples => [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "programs"), "*.yaml")];

    [Theory]
    [MemberData(nameof(Examples))]
    public void The_examples_that_come_with_hutch_are_valid(string file)
    {
        ProgramDocument? program = ProgramReader.Read(
            Path.GetFileName(file), File.ReadAllBytes(file), out IReadOnlyList<TypeProblem> problems);

        Assert.Empty(problems);
        Assert.NotEmpty(program!.Requires);
    }

    [Fact]
    public void A_document_defines_inputs_command_limits_and_output()
    {
        ProgramDocument program = Read(Head + """
            accepts: {types: [mx/rotation], files: ["*.h5"], state: closed}
            command: [fit, "--max={threshold}", "{input}", "{output}"]
            parameters:
              threshold: {kind: number, unit: keV, range: [0, 10], default: 2.5, help: Least energy.}
            resources: {cores: 4, memory: 2 GiB, time: 90 min, network: true}
            requires: ["*.csv"]
            output: {type: table, name: "{input}-fit"}
            start: {groups: [mx]}
            image: ops/fit@3
            stage: mount
            attempts: 5
            running: 2
            engine: slurm
            arguments: ["--gres=gpu:a100:1", "--ntasks={cores}"]
            priority: 7
            uses: {fit-licence: 2}
            """);

        Assert.Equal(("mx/rotation", "*.h5", true), (program.Accepts.Types.Single(), program.Accepts.Files.Single(), program.Accepts.Closed));
        Assert.Equal((4, 2L << 30, 5400L, true), (program.Limits.Cores, program.Limits.MemoryBytes, program.Limits.Seconds, program.Limits.Network));
        Assert.Equal(("mx", 5, 2), (program.Groups.Single(), program.Attempts, program.Share.Running));
        Assert.Equal((7, 2, 2), (program.Share.Priority, program.Share.Uses["fit-licence"], program.Arguments.Count));
        Assert.Equal(("ops/fit@3", true), (program.Image.ToString(), program.Mounts));
        Assert.Equal(("threshold", "keV", 10.0), (program.Parameters[0].Name, program.Parameters[0].Unit, program.Parameters[0].Maximum));
    }

    [Theory]
    [InlineData("command: fit {input} {output}", "must be a list of words")]
    [InlineData("command: [fit, \"{input}\"]", "does not name {output}")]
    [InlineData("command: [\"{input}\", \"{output}\"]", "cannot come from a placeholder")]
    [InlineData("command: [fit, \"{ouput}\", \"{output}\"]", "did you mean 'output'")]
    [InlineData("command: [sh, -c, \"fit {input} > {output}/a\"]", "a shell would read the value")]
    [InlineData("command: [fit, \"a\\nb\", \"{output}\"]", "control character")]
    [InlineData("image: tomopy", "name one with its owner, such as 'ops/tomopy'")]
    [InlineData("image: \"docker.io/library/debian:12\"", "is no dataset")]
    [InlineData("inputs: {image: {types: [table]}}", "'image' is no name of an input")]
    [InlineData("when: a dataset closes", "must be 'by hand', 'closed'")]
    [InlineData("when: closed\naccepts: {state: open}", "is for closed datasets, but 'accepts' takes open ones")]
    [InlineData("when: {files: \"[a\", count: 3}", "is no pattern")]
    [InlineData("when: {files: \"*.mrc\", count: 0}", "whole number from 1")]
    [InlineData("each: {parallel: 4}", "has no files")]
    [InlineData("stage: link", "'stage' must be 'copy' or 'mount', not 'link'")]
    [InlineData("stage: mount\neach: \"*.mrc\"", "a program with 'each' copies the files of its parts")]
    [InlineData("each: {files: \"*\", parallel: 65}", "whole number from 1 to 64")]
    [InlineData("each: {files: \"*\", parallel: 60}\nresources: {cores: 100}", "need more than 4096 cores")]
    [InlineData("when: {after: My Fit}", "must be the name of a program")]
    [InlineData("when: {after: fit, count: 3}", "without 'files' and 'count'")]
    [InlineData("when: {after: fit}\naccepts: {state: closed}", "is for open datasets, but 'accepts' takes closed ones")]
    [InlineData("requires: [\"[a\"]", "is no pattern")]
    [InlineData("engine: PBS pro", "is no engine")]
    [InlineData("site: https://cesnet.example.org", "is not a name of a site")]
    [InlineData("arguments: [\"--gres=gpu:1\"]", "the engine 'local' has no use for them")]
    [InlineData("engine: slurm\narguments: [\"--a\\nb\"]", "control character")]
    [InlineData("priority: -1", "whole number from 0 to 100")]
    [InlineData("uses: {licence: 0}", "'licence' in 'uses' must be a whole number")]
    [InlineData("uses: {Licence of a: 1}", "is no name of a counted resource")]
    [InlineData("uses: {licence: {a: 1}}", "'licence' in 'uses' must be a whole number")]
    [InlineData("resources: {memory: 3 apples}", "a size such as")]
    [InlineData("resources: {time: 2 h 3}", "a time such as")]
    [InlineData("start: anybody", "must be 'everyone'")]
    [InlineData("parameters: {a: {kind: number}}", "does not use the parameter 'a'")]
    [InlineData("parameters: {a: {kind: number, unit: furlong}}", "the unit 'furlong' is not known")]
    [InlineData("parameters: {a: {kind: text}}", "has neither a pattern nor choices")]
    [InlineData("parameters: {a: {kind: text, pattern: \"(a\"}}", "cannot be used")]
    [InlineData("parameters: {a: {kind: integer, range: [1, 5], default: 9}}", "the default cannot be used")]
    [InlineData("parameters: {input: {kind: number}}", "are taken")]
    [InlineData("rerun: {differs: [\"*\"]}", "compares nothing proves nothing")]
    [InlineData("rerun: {within: [{files: \"*.csv\"}]}", "'relative' or 'absolute' above 0")]
    [InlineData("rerun: {within: [{files: \"*.csv\", relative: -1}]}", "must be a number above 0")]
    [InlineData("rerun: {differs: [\"[a\"]}", "is no pattern")]
    [InlineData("inputs: {flats: {title: Flats}}", "needs 'types'")]
    [InlineData("inputs: {flats: {types: [table]}}", "does not use the input 'flats'")]
    [InlineData("inputs: {output: {types: [table]}}", "is no name of an input")]
    [InlineData("inputs: {flats: {types: [table], choose: any}}", "'choose' must be")]
    [InlineData("parameters: {a: {kind: number, from: energy}}", "must be a key of the input's metadata")]
    [InlineData("retry: {delay: 1 min}", "needs 'after'")]
    [InlineData("retry: {after: [exit code 75]}", "is no end of an attempt: use lost, exit-code, time-limit")]
    [InlineData("retry: {after: [exit-code 0]}", "is no end of an attempt")]
    [InlineData("retry: {after: [lost], delay: 2 h}\nattempts: 1", "allows no further attempt")]
    [InlineData("retry: {after: [lost], delay: 2 h, max-delay: 1 h}", "not be longer than its 'max-delay'")]
    [InlineData("retry: {after: [lost], delay: 8 d}", "of at most 7 d")]
    [InlineData("comand: [a]", "did you mean 'command'")]
    public void A_fault_is_named_with_its_line(string lines, string words)
    {
        string rest = lines.StartsWith("command", StringComparison.Ordinal) ? "" : Command;
        Assert.Null(ProgramReader.Read("fit.yaml", Encoding.UTF8.GetBytes(Head + rest + lines), out IReadOnlyList<TypeProblem> problems));

        Assert.Contains(problems, problem => problem.Message.Contains(words, StringComparison.Ordinal) && problem.Line > 0);
    }

    [Fact]
    public void A_program_with_a_command_for_each_file_may_execute_some_at_the_same_time()
    {
        ProgramDocument program = Read(Head + "command: [fit, \"{file}\", \"{output}\"]\neach: {files: \"*.mrc\", parallel: 4}\n");

        Assert.Equal(("*.mrc", 4), (program.Each, program.Parallel));
        Assert.Null(Read(Head + "command: [fit, \"{file}\", \"{output}\"]\neach: \"*.mrc\"\n").Parallel);
    }

    [Theory]
    [InlineData("each: \"*.mrc\"", 86_400)]
    [InlineData("each: \"*.mrc\"\nresources: {time: 2 d}", 172_800)]
    [InlineData("each: {files: \"*.mrc\", time: 3 d}\nresources: {time: 10 min}", 259_200)]
    public void A_node_with_a_command_for_each_file_has_more_time_than_one_command(string lines, long seconds)
    {
        ProgramDocument program = Read(Head + "command: [fit, \"{file}\", \"{output}\"]\n" + lines + "\n");

        var task = new RunTask("", "", [], "slurm", program.Limits) { Attempts = 1, Parallel = 4, NodeSeconds = program.NodeSeconds };
        Assert.Equal((seconds, 4 * program.Limits.Cores), (task.NodeLimits.Seconds, task.NodeLimits.Cores));
        Assert.Null(Read(Head + Command).NodeSeconds);
    }

    [Fact]
    public void A_policy_for_retries_names_ends_of_attempts_and_a_delay()
    {
        TaskRetry retry = Read(Head + Command + "retry: {after: [lost, time-limit, exit-code 75, exit-code 9], delay: 1 min, max-delay: 2 h}\n").Retry!;

        Assert.Equal((60, 7200), (retry.DelaySeconds, retry.MaxDelaySeconds));
        Assert.Equal([9, 75], retry.ExitCodes);
        Assert.Equal(["lost", "exit-code 9", "exit-code 75", "time-limit"], RetryReader.Describe(retry));
        Assert.Empty(Read(Head + Command + "retry: {after: [exit-code, exit-code 75]}\n").Retry!.ExitCodes);
        Assert.Null(Read(Head + Command).Retry);
    }

    [Fact]
    public void The_name_of_the_file_is_the_name_of_the_program()
    {
        Assert.Null(ProgramReader.Read("My Fit.yaml", Encoding.UTF8.GetBytes(Head + Command), out IReadOnlyList<TypeProblem> problems));

        Assert.Contains(problems, problem => problem.Message.Contains("is no name", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-rf")]
    [InlineData("../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("a\nb")]
    [InlineData("{output}")]
    public void A_text_never_becomes_an_option_a_path_or_a_placeholder(string value)
    {
        ProgramDocument program = Read(Head + """
            command: [fit, "{name}", "{output}"]
            parameters: {name: {kind: text, pattern: "[^x]*"}}
            """);

        Assert.False(ParameterValues.Check(program, [KeyValuePair.Create("name", JsonSerializer.SerializeToElement(value))]).IsOk);
    }

    [Fact]
    public void A_value_is_one_word_whatever_it_contains_and_a_part_without_its_value_is_left_out()
    {
        ProgramDocument program = Read(Head + """
            command: [fit, "[a", "!", "{name}", ["--least", "{least}"], "{unset-like}", "{output}"]
            parameters:
              name: {kind: text, pattern: "[^x]*"}
              least: {kind: number}
            """);

        Assert.Equal(
            ["fit", "[a", "!", "a b; $(c) 'd'", "{unset-like}", "{output}"],
            program.Command.Fill(ParameterValues.Check(
                program, [KeyValuePair.Create("name", JsonSerializer.SerializeToElement("a b; $(c) 'd'"))]).Value, []));
    }

    [Fact]
    public void Programs_that_follow_each_other_are_a_cycle_whatever_their_types()
    {
        ProgramDocument first = Follow("first", "second"), second = Follow("second", "first"), other = Follow("other", "first"), self = Follow("self", "self");

        Assert.Null(ProgramCycles.Find([first, other]));
        Assert.Equal(["first", "second"], ProgramCycles.Find([other, first, second])!.Select(static program => program.Name));
        Assert.EndsWith("'self' would start again after itself, without an end: start it by hand.", ProgramCycles.ProblemOf(ProgramCycles.Find([self])!).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_never_starts_after_the_one_that_it_names_is_reported()
    {
        IReadOnlyList<string> LineageOf(string type) => [type, "generic"];
        ProgramDocument fit = Follow("fit", "absent"), next = Follow("next", "fit");

        Assert.Null(ProgramCycles.FindBrokenLink(next, [fit, next], LineageOf));
        Assert.Contains("there is no such program", ProgramCycles.FindBrokenLink(fit, [fit, next], LineageOf)!.Message, StringComparison.Ordinal);
        Assert.Contains(
            "whose results have the type 'table', but it takes volume.",
            ProgramCycles.FindBrokenLink(next with { Accepts = new ProgramInputs { Types = ["volume"] } }, [fit, next], LineageOf)!.Message, StringComparison.Ordinal);
    }

    private static ProgramDocument Follow(string name, string before) =>
        Read(Head + Command + $"when: {{after: {before}}}\noutput: {{type: table}}\n") with { Name = name, File = name + ".yaml" };

    private static ProgramDocument Read(string yaml)
    {
        ProgramDocument? program = ProgramReader.Read("fit.yaml", Encoding.UTF8.GetBytes(yaml), out IReadOnlyList<TypeProblem> problems);
        Assert.Empty(problems);
        return program!;
    }
}
