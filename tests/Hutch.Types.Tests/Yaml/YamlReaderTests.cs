using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Hutch.Model;
using Hutch.Testing;
using Hutch.Types.Yaml;

namespace Hutch.Types.Tests.Yaml;

public sealed class YamlReaderTests
{
    private static readonly YamlLimits Limits = new();

    private static readonly string[] Pieces =
    [
        "a: 1\n", "b:\n", "  - x\n", "- ", ": ", "? ", "{", "}", "[", "]", ",", "&a ", "*a", "!!str ", "!", "|\n", ">\n", "'", "\"", "\\", "#", "%YAML 1.1\n",
        "---\n", "...\n", "\t", " ", "\n", "\r", "é", "\0", "\u2028", "\ud83d\ude00", "<<: ", "~", "@", "`", "null", "0x1", "1e5", "- - - ", "key: [1, 2\n",
    ];

    [Fact]
    public void The_file_of_a_facility_is_read_with_the_place_of_each_value()
    {
        YamlMap map = YamlReader.Read(File.ReadAllBytes("facility/SPA.yml"), Limits).Value;

        var mail = (YamlScalar)map.Find("User.Email")!;
        Assert.Equal(("user@example.org", 18L, 10L), (mail.Text, mail.Line, mail.Column));
        Assert.True(((YamlScalar)map["Err"]!).IsNull);
        Assert.Empty(((YamlList)map["Subexperiments"]!).Items);
        Assert.Null(map.Find("User.Email.Domain"));
        Assert.Equal("Autoname", map.Entries[0].Key);
    }

    [Fact]
    public void Quotes_make_a_text_of_what_looks_like_nothing()
    {
        YamlMap map = Read("A: ''\nB: null\nC:\nD: 'null'\n").Value;
        Assert.Equal([false, true, true, false], map.Entries.Select(entry => ((YamlScalar)entry.Value).IsNull));
    }

    [Fact]
    public void An_alias_stands_for_what_was_named()
    {
        YamlMap map = Read("A: &user {Name: x}\nB: *user\n").Value;
        Assert.Equal("x", ((YamlScalar)map.Find("B.Name")!).Text);
    }

    [Theory]
    [InlineData("x: &d {DataId: a6, Type: SPA}\n<<: *d\nTitle: t\n", "DataId=a6 Type=SPA x= Title=t")]
    [InlineData("x: &d {DataId: a6}\nDataId: own\n<<: *d\n", "x= DataId=own")]
    [InlineData("x: &d {A: 1}\ny: &e {A: 2, B: 3}\n<<: [*d, *e]\n", "A=1 B=3 x= y=")]
    [InlineData("x: &d {A: 1}\ny: &e {<<: *d, B: 3}\n<<: *e\n", "A=1 B=3 x= y=")]
    [InlineData("'<<': text\n", "<<=text")]
    public void Merge_keys_take_the_keys_of_mappings_and_own_keys_win(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', Read(text).Value.Entries.Select(entry => $"{entry.Key}={(entry.Value as YamlScalar)?.Text}")));

    [Fact]
    public async Task Keys_are_merged_as_by_pyyaml()
    {
        // Random mappings that merge earlier ones: PyYAML says what each has.
        JsonArray cases = JsonNode.Parse(await Python.RunAsync(Merged, "200"))!.AsArray();
        Assert.Equal(200, cases.Count);
        foreach (JsonNode? one in cases)
        {
            YamlMap map = Read((string)one!["text"]!).Value;
            foreach ((string name, JsonNode? value) in one["values"]!.AsObject())
            {
                YamlMap part = Assert.IsType<YamlMap>(map[name]);
                string got = string.Join(' ', part.Entries.Select(entry => $"{entry.Key}={((YamlScalar)entry.Value).Text}").Order(StringComparer.Ordinal));
                Assert.Equal((string)value!, got);
            }
        }
    }

    private const string Merged = """
        import json, random, sys, yaml
        cases = []
        for seed in range(int(sys.argv[1])):
            r, lines = random.Random(seed), []
            for m in range(r.randint(2, 6)):
                pairs = [f"{k}: {r.randint(0, 99)}" for k in r.sample("ABCDE", r.randint(0, 4))]
                if m and r.random() < .8:
                    some = [f"*m{r.randrange(m)}" for _ in range(r.randint(1, 3))]
                    pairs.insert(r.randint(0, len(pairs)), "<<: " + (some[0] if len(some) == 1 else "[" + ", ".join(some) + "]"))
                lines.append(f"m{m}: &m{m} {{" + ", ".join(pairs) + "}")
            text = "\n".join(lines) + "\n"
            values = {k: " ".join(sorted(f"{a}={b}" for a, b in v.items())) for k, v in yaml.safe_load(text).items()}
            cases.append(dict(text=text, values=values))
        print(json.dumps(cases))
        """;

    [Theory]
    [InlineData("<<: text\n", "line 1, column 5: '<<' takes the keys of a mapping here, or of a list of mappings.")]
    [InlineData("", "the file is empty: it has no keys.")]
    [InlineData("# only a comment\n", "the file is empty: it has no keys.")]
    [InlineData("---\n...\n", "the file is empty: it has no keys.")]
    [InlineData("just words\n", "line 1, column 1: keys and values are expected here: lines such as 'Type: SPA'.")]
    [InlineData("- a\n- b\n", "line 1, column 1: keys and values are expected here: lines such as 'Type: SPA'.")]
    [InlineData("A: 1\nB: 2\nA: 3\n", "line 3, column 1: the key 'A' is there twice: also on line 1. Remove one.")]
    [InlineData("U:\n  A: 1\n  A: 3\n", "line 3, column 3: the key 'A' is there twice: also on line 2. Remove one.")]
    [InlineData("? [a]\n: 1\n", "line 1, column 3: a key must be one word or text; this is a list or a mapping.")]
    [InlineData("A:\n  B: {C: 1}\n  : \n", "line 4, column 1: a key or a value is missing here.")]
    [InlineData("A: 1\n---\nB: 2\n", "line 2, column 1: a second YAML document starts here; only one is allowed.")]
    [InlineData("A:\n\tB: 1\n", "line 2, column 1: a tab comes before the text; YAML indents with spaces only.")]
    [InlineData("A: *nobody\n", "line 1, column 4: '*nobody' stands for nothing that was named '&nobody' before.")]
    [InlineData("A: &a [*a]\n", "line 1, column 8: '*a' stands for nothing that was named '&a' before.")]
    [InlineData("A: 1\nB: x\u0007\n", "line 2, column 5: there is a control character here (code 7). Save the file as UTF-8 from a text editor.")]
    public void Problems_are_reported_with_their_position(string yaml, string problem) => Assert.Equal(problem, Read(yaml).Error!.Message);

    [Theory]
    [InlineData("A: [1\n")]
    [InlineData("A: 'x\n")]
    [InlineData("A: }\n")]
    [InlineData("A: b: c\n")]
    [InlineData("A: @x\n")]
    [InlineData("%YAML 9.9\n---\nA: 1\n")]
    [InlineData("A: !<\n")]
    [InlineData("A: \"\\q\"\n")]
    public void Invalid_YAML_is_refused_with_its_line(string yaml) =>
        Assert.Matches("^line [0-9]+, column [0-9]+: this is not valid YAML: .+[^.]\\.$", Read(yaml).Error!.Message);

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_refused_with_their_line()
    {
        HutchError latin = YamlReader.Read([.. "A: 1\nName: M"u8, 0xFC, .. "ller\n"u8], Limits).Error!;
        HutchError wide = YamlReader.Read([0xFF, 0xFE, (byte)'A', 0], Limits).Error!;

        Assert.StartsWith("line 2, column 8: the byte 0xfc is not UTF-8.", latin.Message, StringComparison.Ordinal);
        Assert.Equal("the file is UTF-16; save it as UTF-8.", wide.Message);
    }

    [Fact]
    public void A_file_over_the_limit_is_not_read()
    {
        HutchError error = YamlReader.Read(new byte[1001], new YamlLimits(MaxBytes: 1000)).Error!;
        Assert.Equal((ErrorCode.TooLarge, "the file is larger than 1000 bytes, which is the limit."), (error.Code, error.Message));
    }

    [Fact]
    public void A_bomb_of_aliases_is_refused()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 30; i++)
        {
            bomb.Append(string.Create(null, $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}]\n"));
        }

        Assert.Contains("with what its aliases repeat, the file has more than 100000 values", Read(bomb.ToString()).Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    public void Depth_is_bounded(string level) =>
        Assert.Contains("more than 64 levels inside each other", Read(string.Concat(Enumerable.Repeat(level, 100_000))).Error!.Message, StringComparison.Ordinal);

    [Fact]
    public void Aliases_deepen_no_tree_beyond_the_limit()
    {
        string deep = string.Concat(Enumerable.Range(1, 40).Select(i => $"a{i}: &a{i} [*a{i - 1}]\n"));
        Assert.Contains("or 20 levels", YamlReader.Read(Encoding.UTF8.GetBytes("a0: &a0 x\n" + deep), new YamlLimits(MaxDepth: 20)).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_the_bytes_are_the_answer_is_a_value_or_a_refusal()
    {
        byte[] start = File.ReadAllBytes("facility/SPA.yml");
        const string Odd = "{}[]&*!|>'\"%@`#,?:-~ \t\r\n\u0085\u2028<=";
        for (int seed = 0; seed < 3000; seed++)
        {
            var chance = new Random(seed);
            byte[] bytes = [.. start];
            for (int i = 0; i < 1 + (seed % 12); i++)
            {
                byte[] put = chance.Next(8) == 0 ? [(byte)chance.Next(256)] : Encoding.UTF8.GetBytes(Odd[chance.Next(Odd.Length)].ToString());
                int at = chance.Next(bytes.Length);
                bytes = [.. bytes[..at], .. put, .. bytes[(at + chance.Next(2))..]];
            }

            Result<YamlMap> read = YamlReader.Read(bytes, Limits);
            Assert.True(read.IsOk || read.Error.Message.Length > 0);
        }
    }

    [Fact]
    public void Pieces_of_YAML_in_any_order_are_read_or_refused() => Prop.ForAll(
        (from count in Gen.Choose(0, 40) from pieces in Gen.Elements(Pieces).ArrayOf(count) select string.Concat(pieces)).ToArbitrary(),
        text => IsReadOrTold(Encoding.UTF8.GetBytes(text))).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void Any_bytes_are_read_or_refused() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => IsReadOrTold(bytes ?? [])).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Plain_scalars_get_a_type_and_quoted_scalars_stay_text()
    {
        YamlMap map = Read("a: 1\nb: '1'\nc: 1.5e3\nd: true\ne: ~\nf:\ng: yes\nh: 0042\ni: 0.5\nj: 2021-12-27\nk: [1, x]\nl: ''\n").Value;

        Assert.Equal(
            """{"a":1,"b":"1","c":1500,"d":true,"e":null,"f":null,"g":"yes","h":"0042","i":0.5,"j":"2021-12-27","k":[1,"x"],"l":""}""",
            YamlValues.ToJson(map).ToJsonString());
    }

    [Fact]
    public void A_problem_is_the_same_after_it_was_a_refusal()
    {
        var problem = new DocumentProblem(3, 14, "line 1, column 5: the message begins like a place.");

        Assert.Equal(problem, DocumentProblem.From(problem.ToError()));
        Assert.Equal(new DocumentProblem(0, 0, "empty"), DocumentProblem.From(new DocumentProblem(0, 0, "empty").ToError()));
        Assert.Equal(new DocumentProblem(0, 0, "other"), DocumentProblem.From(ErrorCode.TooLarge.With("other")));
    }

    private static bool IsReadOrTold(byte[] bytes) => YamlReader.Read(bytes, Limits).TryGet(out YamlMap? map, out HutchError? refusal)
        ? YamlValues.ToJson(map) is not null
        : DocumentProblem.From(refusal) is { Line: >= 0, Column: >= 0, Message.Length: > 0 };

    private static Result<YamlMap> Read(string yaml) => YamlReader.Read(Encoding.UTF8.GetBytes(yaml), Limits);
}
