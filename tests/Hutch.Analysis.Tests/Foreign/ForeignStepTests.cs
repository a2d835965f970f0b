using System.Security.Cryptography;
using System.Text.Json;
using Hutch.Analysis.Foreign;
using Hutch.Analysis.Steps;
using Hutch.Analysis.Tests.Support;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;
using Hutch.Model;

namespace Hutch.Analysis.Tests.Foreign;

/// <summary>A step in another process: its rows, and everything that such a process can do wrong.</summary>
public sealed class ForeignStepTests : IDisposable
{
    /// <summary>A step of the standard library alone, which misbehaves at the frames from 100 on.</summary>
    private const string Program =
        """
        import json, mmap, os, sys, time
        print(json.dumps({"hutchStep": 1, "name": "sum", "columns": [
            {"name": "sum", "kind": "integer"}, {"name": "mean", "kind": "number", "unit": "counts"}, {"name": "word", "kind": "text"}],
            "parameters": [{"name": "add", "kind": "integer", "default": 0}], "files": [__file__]}), flush=True)
        line = sys.stdin.readline()
        if not line:
            sys.exit()
        run = json.loads(line)
        memory = mmap.mmap(run["descriptor"], run["bytes"], access=mmap.ACCESS_READ)
        for line in sys.stdin:
            asked = json.loads(line)
            number, at = asked["frame"], run["slots"][asked["slot"]]
            pixels = memory[at:at + asked["shape"][0] * asked["shape"][1]]
            row = {"sum": sum(pixels) + run["parameters"]["add"], "mean": None, "word": "ok"}
            if number == 100: sys.exit("out of cheese")
            if number == 101: time.sleep(3600)
            if number == 102: print("no JSON", flush=True); continue
            if number == 103: row["more"] = 1
            if number == 104: row["mean"] = float("nan")
            if number == 105: row["sum"] = 0.5
            if number == 106: del row["word"]
            if number == 107: print(json.dumps({"frame": 1, "row": row}), flush=True); continue
            if number == 108: print(json.dumps({"frame": number, "error": "too dark"}), flush=True); continue
            if number == 109:
                try: row["word"] = str(mmap.mmap(run["descriptor"], run["bytes"]))
                except OSError as e: row["word"] = type(e).__name__
            if number == 110: row["word"] = " ".join(sorted(os.environ))
            if number == 111: row["word"] = str(sum(memory[run["mask"]:run["mask"] + 6]))
            print(json.dumps({"frame": number, "row": row}), flush=True)
        """;

    private static readonly FrameHeader Header = new() { Rows = 2, Columns = 3, Type = ElementType.UInt8, Codec = FrameCodec.Raw };

    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-step-").FullName;

    private string Script => Path.Combine(_folder, "sum.py");

    public ForeignStepTests() => File.WriteAllText(Script, Program);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_row_has_the_values_of_the_program_in_the_order_of_its_columns()
    {
        ForeignStep step = Open();
        using IPreparedStep prepared = StepRows.Prepare(step, Header, null, """{"add":5}""");

        Assert.Equal("""{"file-number":1,"sum":26,"mean":null,"word":"ok"}""", Row(step, prepared, 1));
        Assert.Equal("""{"file-number":2,"sum":26,"mean":null,"word":"ok"}""", Row(step, prepared, 2));
        Assert.Equal(
            ["sum", "mean", "word"], step.Declaration.Columns.Where(column => !column.IsOptional).Select(column => column.Name));
        Assert.Equal(("steps/sum", "counts"), (step.Declaration.Program, step.Declaration.Columns[1].Unit));
        // N9: a mean was shown as a whole number, where the step names no decimals.
        Assert.Equal([0, 3, 0], step.Declaration.Columns.Take(3).Select(column => column.Decimals));
    }

    [Theory]
    [InlineData(100, "The program of the step ended with exit code 1: out of cheese.")]
    [InlineData(101, "The step gave no row within 0.2 s, the limit for a frame.")]
    [InlineData(102, "The program of the step wrote a line that is no JSON of an answer: 'no JSON'.")]
    [InlineData(103, "The row of the step is wrong: it has the value 'more', which is no column of the step.")]
    [InlineData(104, "The row of the step has NaN or infinity, which JSON does not have: give null for what is unknown.")]
    [InlineData(105, "The row of the step is wrong: 'sum' is '0.5', and must be a whole number of 64 bits.")]
    [InlineData(106, "The row of the step is wrong: it lacks 'word'; null is the value of what is unknown.")]
    [InlineData(107, "The program of the step answered another frame: ")]
    [InlineData(108, "The step failed: too dark")]
    public void A_frame_that_goes_wrong_has_the_reason_as_its_row_and_the_next_one_is_processed(int frame, string reason)
    {
        ForeignStep step = Open(frame == 101 ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromMinutes(1));
        using IPreparedStep prepared = StepRows.Prepare(step, Header, null);

        string wrong = Row(step, prepared, frame);

        Assert.StartsWith(reason, JsonElement.Parse(wrong).GetProperty("error").GetString(), StringComparison.Ordinal);
        if (frame != 101)
        {
            Assert.Equal("""{"file-number":2,"sum":21,"mean":null,"word":"ok"}""", Row(step, prepared, 2));
        }
    }

    [Fact]
    public void A_program_that_dies_of_every_frame_fails_the_run()
    {
        ForeignStep step = Open();
        using IPreparedStep prepared = StepRows.Prepare(step, Header, null);
        for (int frame = 0; frame < 5; frame++)
        {
            Assert.Contains("out of cheese", Row(step, prepared, 100), StringComparison.Ordinal);
        }

        StepFailedException failed = Assert.Throws<StepFailedException>(() => Row(step, prepared, 1));

        Assert.Contains("ended 10 times", failed.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_frames_are_in_one_program_and_the_innocent_one_survives_its_death()
    {
        ForeignStep step = Open();
        using IPreparedStep prepared = StepRows.Prepare(step, Header, null);
        string[] rows = new string[40];

        Parallel.For(0, rows.Length, new ParallelOptions { MaxDegreeOfParallelism = 2 }, number =>
            rows[number] = Row(step, prepared, number % 20 == 19 ? 100 : number + 1));

        Assert.Equal(2, rows.Count(row => row.Contains("out of cheese", StringComparison.Ordinal)));
        Assert.Equal(38, rows.Count(row => row.Contains("\"sum\":21", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_program_can_only_read_the_memory_and_gets_no_secret_of_the_environment()
    {
        Environment.SetEnvironmentVariable("HUTCH_TOKEN_OF_A_TEST", "secret");
        ForeignStep step = Open();
        TestImage image = TestImage.Plain(3, 2, [1, 2, 3, 4, 5, 6]) with { Valid = [true, false, true, true, true, true] };
        using IPreparedStep prepared = StepRows.Prepare(step, Header, image);

        Assert.Contains("PermissionError", Row(step, prepared, 109), StringComparison.Ordinal);
        string environment = Row(step, prepared, 110);
        Assert.Contains("PATH", environment, StringComparison.Ordinal);
        Assert.DoesNotContain("HUTCH", environment, StringComparison.Ordinal);
        Assert.Contains($"\"word\":\"{5 * 255}\"", Row(step, prepared, 111), StringComparison.Ordinal);
    }

    [Fact]
    public void The_version_is_the_digest_of_the_code_wherever_it_is_and_changed_code_fails_a_run()
    {
        string version = Open().Declaration.Version;
        string other = Directory.CreateDirectory(Path.Combine(_folder, "other")).FullName;
        File.Copy(Script, Path.Combine(other, "sum.py"));
        ForeignStep step = Open();

        Assert.Equal(version, Open(script: Path.Combine(other, "sum.py")).Declaration.Version);
        File.AppendAllText(Script, "# changed\n");
        Assert.NotEqual(version, Open().Declaration.Version);
        using IPreparedStep prepared = StepRows.Prepare(step, Header, null);
        StepFailedException failed = Assert.Throws<StepFailedException>(() => Row(step, prepared, 1));
        Assert.StartsWith("The code of the step 'sum' changed", failed.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("import sys; sys.exit('no module')", "ended with exit code 1: no module before it declared its columns")]
    [InlineData("print('hello')", "its first line is no declaration")]
    [InlineData("print('{\"hutchStep\":2,\"name\":\"a\",\"columns\":[]}')", "its first line is of another version")]
    [InlineData("print('{\"hutchStep\":1,\"name\":\"a\",\"columns\":[]}')", "it needs a column")]
    public void A_program_without_a_declaration_is_refused_with_the_reason(string code, string reason)
    {
        File.WriteAllText(Script, code);
        var command = new StepCommand("/usr/bin/python3", [Script], []);

        HutchError? refusal = ForeignStep.Open(command, Hash, TimeProvider.System).Error;

        Assert.Contains(reason, refusal?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_is_missing_is_refused()
    {
        HutchError? refusal = ForeignStep.Open(new StepCommand(Path.Combine(_folder, "none"), [], []), Hash, TimeProvider.System).Error;

        Assert.Contains("cannot be started", refusal?.Message, StringComparison.Ordinal);
    }

    private static Result<string?> Hash(string path) =>
        File.Exists(path) ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))) : (string?)null;

    private static string Row(ForeignStep step, IPreparedStep prepared, int frame) =>
        StepRows.Row(step, prepared, [1, 2, 3, 4, 5, 6], frame).GetRawText();

    private ForeignStep Open(TimeSpan? limit = null, string? script = null) => ForeignStep.Open(
        new StepCommand("/usr/bin/python3", [script ?? Script], []) { FrameLimit = limit ?? TimeSpan.FromMinutes(1) }, Hash,
        TimeProvider.System).Value;
}
