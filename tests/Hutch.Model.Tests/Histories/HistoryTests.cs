using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Hutch.Model.Histories;
using Hutch.Model.Records;
using Hutch.Model.Sites;

namespace Hutch.Model.Tests.Histories;

/// <summary>The document that a dataset takes with it wherever it goes.</summary>
public sealed class HistoryTests
{
    private static readonly DatasetId Id = new(new Guid("6f2c1d0a-3b4e-4c5d-8e9f-0a1b2c3d4e5f"));
    private static readonly DatasetFact TheDataset = new(Id, "mx/rotation", DatasetOrigin.Original, 1_700_000_000_000, "ada");

    private static Gen<HistoryFact[]> Facts { get; } =
        from title in Generators.Part
        from closed in Gen.Elements<long?>(null, 1_800_000_000_000)
        from parents in Gen.Choose(0, 2)
        from versions in Gen.Choose(0, 3)
        from text in Generators.Part
        from count in Gen.Choose(1, 5)
        from gap in Gen.Choose(1, 3)
        from root in Generators.Hash
        from message in Generators.Part
        select (HistoryFact[])
        [
            TheDataset with { Title = title, Closed = closed },
            .. Enumerable.Range(0, parents).Select(i => new ParentFact(Id, i, i == 0 ? root : null)),
            .. Enumerable.Range(1, versions).Select(
                i => new MetadataFact(i, i, "ada", "{ \"note\" : " + System.Text.Json.JsonSerializer.Serialize(text) + "\n}")),
            .. Enumerable.Range(1, count).Select(i => new SnapshotFact(
                i * gap, new TreeReference(root, root, i, 10L * i), SnapshotReason.Push, "ada", i, i == 1 ? null : (i - 1) * gap, message)),
            new TagFact("v1", gap),
            new RepositoryFact(new TreeReference(root, root, count, 100)),
            new KeysFact(new TreeReference(root, root, count, 200)),
            new PagesFact(count, 1000),
        ];

    [Fact]
    public void Parsing_and_writing_a_history_gives_the_same_bytes() => Prop.ForAll(Facts.ToArbitrary(), facts =>
    {
        History written = History.Write(facts, []).Value;
        History read = History.Parse(written.Bytes).Value;

        HistoryFact[] again =
        [
            read.Dataset, .. read.Parents, .. read.Metadata, .. read.Snapshots, .. read.Tags, read.Repository!, read.Keys!, read.Pages,
        ];
        Assert.Equal(facts, again);
        Assert.Equal(written.Hash, History.Write(again, read.Unknown).Value.Hash);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_history_with_a_statement_that_its_key_did_not_sign_is_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] publicKey = key.ExportSubjectPublicKeyInfo();
        var statement = new RerunStatement
        {
            Kind = RerunStatement.Purpose,
            Site = "cesnet",
            Key = BlobHash.Compute(publicKey),
            At = DateTimeOffset.UnixEpoch,
            Run = Guid.NewGuid(),
            Dataset = Id,
            Snapshot = 1,
            Tree = default,
            Rerun = Guid.NewGuid(),
            Results = Id,
            ResultsSnapshot = 1,
            Program = "fit",
            Version = "1",
            Digest = "0",
            Inputs = [],
            Files = 3,
            Equal = 3,
            Within = 0,
            Different = 0,
        };
        string document = statement.ToText();
        string proof = SiteSignature.Format(publicKey, key.SignData(Encoding.UTF8.GetBytes(document), HashAlgorithmName.SHA256));
        var fact = new StatementFact(statement.Rerun, document, proof);

        Assert.Equal(fact, Assert.Single(History.Write([TheDataset, fact], []).Value.Statements));
        Assert.Contains(
            "proves nothing", History.Write([TheDataset, fact with { Document = document.Replace("cesnet", "archive") }], []).Error!.Message,
            StringComparison.Ordinal);
        Assert.Contains("comes twice", History.Write([TheDataset, fact, fact], []).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Noise_is_refused_in_words_and_never_thrown_at() => Prop.ForAll(
        (from facts in Facts
         from at in Gen.Choose(0, 10_000)
         from value in Gen.Choose(0, 255)
         select (facts, at, value)).ToArbitrary(),
        noise =>
        {
            byte[] bytes = History.Write(noise.facts, []).Value.Bytes.ToArray();
            bytes[noise.at % bytes.Length] = (byte)noise.value;

            Result<History> read = History.Parse(bytes);

            Assert.True(read.IsOk || read.Error.Message.StartsWith("The history of the dataset is not valid: line ", StringComparison.Ordinal));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Lines_of_a_newer_release_are_kept_byte_for_byte()
    {
        byte[] newer = "{\"k\":\"orbit\", \"n\" : 1e3}"u8.ToArray();

        History written = History.Write([TheDataset], [newer]).Value;
        History read = History.Parse(written.Bytes).Value;

        Assert.Equal(newer, Assert.Single(read.Unknown).ToArray());
        Assert.Equal(written.Hash, History.Write([read.Dataset], read.Unknown).Value.Hash);
    }

    [Fact]
    public void Runs_keep_all_their_fields_in_a_history()
    {
        using var parameters = System.Text.Json.JsonDocument.Parse("{\"dMin\":1.50,\"algorithm\":\"dispersion\"}");
        var running = new RunFact(
            new Guid("0a1b2c3d-3b4e-4c5d-8e9f-0a1b2c3d4e5f"), "dials.integrate", "3.22", "ada", 1_750_000_000_000,
            [new RunRead(Id, 3, BlobHash.Compute("root"u8)), new RunRead(Id)], [Id]);
        RunFact ended = running with
        {
            Run = new Guid("1a1b2c3d-3b4e-4c5d-8e9f-0a1b2c3d4e5f"),
            Command = "dials.integrate {input}",
            Parameters = parameters.RootElement.Clone(),
            Environment = new Dictionary<string, string> { ["machine"] = "node 7" },
            Token = "tok1",
            Namespace = "beamline",
            External = true,
            Finished = 1_750_000_001_000,
            Outcome = "done",
            Message = "exit 0",
            Frames = 3,
            Failures = 1,
            Skipped = new(2, [new(4, 5)]),
        };

        History read = History.Parse(History.Write([TheDataset, running, ended], []).Value.Bytes).Value;

        Assert.True(read.Runs[0].IsSame(running));
        Assert.True(read.Runs[1].IsSame(ended));
        Assert.False(read.Runs[1].IsSame(ended with { Message = "exit 1" }));
        Assert.Equal(read.Hash, History.Write([read.Dataset, .. read.Runs], []).Value.Hash);
    }

    [Fact]
    public void A_run_of_another_dataset_or_twice_or_with_half_an_end_is_refused()
    {
        var run = new RunFact(new Guid("0a1b2c3d-3b4e-4c5d-8e9f-0a1b2c3d4e5f"), "p", "1", "ada", 1, [], [Id]);

        Assert.Contains("does not write to the dataset", Refusal(run with { Outputs = [] }), StringComparison.Ordinal);
        Assert.Contains("to it alone", Refusal(run with { Outputs = [run.Outputs[0], new DatasetId(Guid.NewGuid())] }), StringComparison.Ordinal);
        Assert.Contains("a run comes twice", Refusal(run, run), StringComparison.Ordinal);
        Assert.Contains("either no end", Refusal(run with { Finished = 2 }), StringComparison.Ordinal);
        Assert.Contains("is no time", Refusal(run with { Started = -1 }), StringComparison.Ordinal);

        static string Refusal(params HistoryFact[] runs) => History.Write([TheDataset, .. runs], []).Error!.Message;
    }

    /// <summary>What a copy looks up of a dataset that many jobs write to, each time that it has a new version.</summary>
    [Fact]
    public void Only_runs_that_are_new_or_changed_since_the_previous_document_are_returned()
    {
        RunFact[] runs = [.. ManyRuns()];
        RunFact running = runs[7] with { Finished = null, Outcome = null };
        History before = History.Write([TheDataset, .. runs[..7], running, .. runs[8..^1]], []).Value;

        History after = History.Write([TheDataset with { Title = "new" }, .. runs, new PagesFact(1, 1)], []).Value;

        Assert.Equal([runs[7].Run, runs[^1].Run], after.RunsSince(before.Bytes.Span).Select(static run => run.Run));
        Assert.Empty(after.RunsSince(after.Bytes.Span));
        Assert.Equal(runs.Length, after.RunsSince([]).Count);
    }

    /// <summary>A dataset that many jobs write to: an estimate of what is moved with it each time.</summary>
    [Fact]
    public void Ten_thousand_runs_of_usual_size_fit_well()
    {
        History read = History.Write([TheDataset, .. ManyRuns()], []).Value;

        Assert.Equal(10_000, read.Runs.Count);
        Assert.InRange(read.Bytes.Length, 1 << 20, History.MaxBytes / 4);
    }

    private static IEnumerable<RunFact> ManyRuns()
    {
        var environment = new Dictionary<string, string> { ["machine"] = new('m', 40), ["runtime"] = new('r', 60), ["slurm"] = new('s', 100) };
        return Enumerable.Range(0, 10_000).Select(i => new RunFact(
            new Guid(i, 0, 0, new byte[8]), "dials.integrate", "3.22", "ada", i, [new RunRead(Id, i + 1, BlobHash.Compute("root"u8))], [Id])
        {
            Command = new string('c', 200),
            Environment = environment,
            External = true,
            Finished = i + 1,
            Outcome = "done",
            Message = "exit 0",
            Frames = 0,
            Failures = 0,
        });
    }

    [Theory]
    [InlineData("", "does not begin with 'hutch-history 1'")]
    [InlineData("hutch-history 2\n", "does not begin with 'hutch-history 1'")]
    [InlineData("hutch-history 1\n", "says nothing of its dataset")]
    [InlineData("hutch-history 1\n{}\n", "not an object with its kind first")]
    [InlineData("hutch-history 1\n[1\n", "not an object with its kind first")]
    [InlineData("hutch-history 1\n{\"k\":\"tag\",\"tag\":\"v1\",\"number\":1}\n", "the dataset comes first")]
    [InlineData("hutch-history 1\nDATASET\nDATASET\n", "the dataset comes once")]
    [InlineData("hutch-history 1\nDATASET", "does not end with a line feed")]
    [InlineData("hutch-history 1\nDATASET\n{\"k\":\"tag\",\"tag\":\"v1\",\"number\":1}\n", "a tag is on a snapshot that is not there")]
    [InlineData("hutch-history 1\nDATASET\n{\"k\":\"metadata\",\"version\":1,\"time\":1,\"by\":\"a\",\"document\":\"[]\"}\n", "not an object")]
    [InlineData("hutch-history 1\nDATASET\n{\"k\":\"pages\",\"count\":-1,\"bytes\":0}\n", "a number is negative")]
    [InlineData("hutch-history 1\nDATASET\nKEYS\nKEYS\n", "'keys' comes twice")]
    [InlineData("hutch-history 1\nDATASET\n{\"k\":\"repository\"}\n", "it is not what its kind says")]
    [InlineData("hutch-history 1\nDATASET\n{\"k\":\"pages\",\"count\":67108865,\"bytes\":0}\n", "67108865 is more than 67108864")]
    [InlineData("hutch-history 1\nDATASET\n{\"k\":\"metadata\",\"version\":1099511627777,\"time\":1,\"by\":\"a\",\"document\":\"{}\"}\n", "is more than")]
    [InlineData("hutch-history 1\nDATASET\n{\"k\":\"metadata\",\"version\":1,\"time\":253402300800000,\"by\":\"a\",\"document\":\"{}\"}\n", "is no time")]
    [InlineData("hutch-history 1\nDATASET\n{\"k\":\"new\",\n", "it is not what its kind says")]
    [InlineData("hutch-history 1\nDATASET\n{\"k\":\"\\ud800\"}\n", "it is not what its kind says")]
    [InlineData("hutch-history 1\n{\"k\":\"dataset\"}\n", "it is not what its kind says")]
    public void An_invalid_history_is_refused_with_the_reason(string text, string reason)
    {
        var keys = new KeysFact(TreeReference.From(TreeRoot.Empty));
        string[] lines = Encoding.UTF8.GetString(History.Write([TheDataset, keys], []).Value.Bytes.Span).Split('\n');
        string document = text.Replace("DATASET", lines[1], StringComparison.Ordinal).Replace("KEYS", lines[2], StringComparison.Ordinal);

        HutchError refusal = History.Parse(Encoding.UTF8.GetBytes(document)).Error!;

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Snapshots_are_in_order_and_a_closed_dataset_has_one()
    {
        SnapshotFact Snapshot(long number) =>
            new(number, TreeReference.From(TreeRoot.Empty), SnapshotReason.Push, "ada", 1);

        Assert.Contains("not in order", History.Write([TheDataset, Snapshot(2), Snapshot(2)], []).Error!.Message, StringComparison.Ordinal);
        Assert.Contains("not in order", History.Write([TheDataset, Snapshot(0)], []).Error!.Message, StringComparison.Ordinal);
        Assert.Contains(
            "a closed dataset has a snapshot", History.Write([TheDataset with { Closed = 1 }], []).Error!.Message, StringComparison.Ordinal);
    }
}
