using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Tests.Objects;

/// <summary>Messages as <c>datalad run</c> writes them, and others that look like them.</summary>
public sealed class RunRecordTests
{
    private const string Record =
        """
        {
         "chain": ["0123456789012345678901234567890123456789"],
         "cmd": "python count.py {inputs}",
         "dsid": "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
         "exit": 0,
         "extra_inputs": [],
         "inputs": ["a.txt", "b/*.csv"],
         "outputs": ["out.txt"],
         "pwd": "."
        }
        """;

    [Fact]
    public void A_record_gives_the_command_and_its_paths()
    {
        RunRecord run = RunRecord.TryRead(Message(Record))!;

        Assert.Equal(("Count it", "python count.py {inputs}"), (run.Message, run.Command));
        Assert.Equal(["a.txt", "b/*.csv"], run.Inputs);
        Assert.Equal(["out.txt"], run.Outputs);
        Assert.Equal("ls -l", RunRecord.TryRead(Message("""{"cmd": ["ls", "-l"], "inputs": null}"""))!.Command);
        Assert.Null(RunRecord.TryRead(Message("\"ebe3b2b5a3b2b5a3\""))!.Command);
    }

    [Theory]
    [InlineData("Save")]
    [InlineData("[DATALAD RUNCMD] Count it")]
    [InlineData("[DATALAD RUNCMD] Count it\n\n=== Do not change lines below ===\n{}")]
    [InlineData("[DATALAD RUNCMD] === Do not change lines below ===\n^^^ Do not change lines above ^^^")]
    public void Other_messages_have_none(string message) => Assert.Null(RunRecord.TryRead(message));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("12")]
    [InlineData("{\"cmd\": 1}")]
    [InlineData("{\"cmd\": \"\\ud800\"}")]
    [InlineData("{\"cmd\": \"x\", \"x\": [[[[[[[[[[1]]]]]]]]]]}")]
    public void Garbage_between_the_marks_is_no_record(string garbage) => Assert.Null(RunRecord.TryRead(Message(garbage)));

    [Fact]
    public void A_record_is_bounded()
    {
        string many = string.Join(',', Enumerable.Repeat("\"a\"", 500));
        RunRecord run = RunRecord.TryRead(Message($$"""{"cmd": "{{new string('x', 9000)}}", "inputs": [{{many}}], "outputs": [1, {}, "b"]}"""))!;

        Assert.Equal((2001, 100), (run.Command!.Length, run.Inputs.Count));
        Assert.Equal(["b"], run.Outputs);
        Assert.Null(RunRecord.TryRead(Message($$"""{"cmd": "{{new string('x', 70_000)}}"}""")));
    }

    private static string Message(string record) =>
        $"[DATALAD RUNCMD] Count it\n\n=== Do not change lines below ===\n{record}\n^^^ Do not change lines above ^^^";
}
