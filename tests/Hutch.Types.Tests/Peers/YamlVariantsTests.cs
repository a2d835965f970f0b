using System.Text;
using System.Text.Json.Nodes;
using Hutch.Model;
using Hutch.Testing;
using Hutch.Types.Yaml;

namespace Hutch.Types.Tests.Peers;

/// <summary>Metadata files with random content, as PyYAML and people write them, and as PyYAML reads them.</summary>
/// <remarks>Case 80.</remarks>
public sealed class YamlVariantsTests
{
    private const string Script = """
        import base64, datetime, json, random, string, sys, yaml
        seed, count = map(int, sys.argv[1:])

        class Loader(yaml.SafeLoader):
            # Texts as they are written, and whether they are written without quotes: types are the business of Hutch's own rules.
            def construct_object(self, node, deep=False):
                if isinstance(node, yaml.ScalarNode):
                    plain = node.style is None or node.style == ""
                    return ["scalar", node.value, plain, plain and node.tag == "tag:yaml.org,2002:null"]
                if isinstance(node, yaml.SequenceNode): return ["list"] + [self.construct_object(n) for n in node.value]
                self.flatten_mapping(node)
                return ["map", {k.value: self.construct_object(v) for k, v in node.value}]

        words = ["Type", "SPA", "DataId", "10:30", "007", "1e3", "0x1F", "yes", "no", "~", "null", "1.10", "2026-01-01", "a: b", "# no", "a#b", "it's", 'say "x"', "C:\\Users\\x", "*.mrc", "@me", "%95", "[a", "{b", "", " ",
            "  two  ", "end ", "- item", "? key", "<<", "=", "µm", "Å", "日本", "e\u0301", "\U0001f52c", "line\nbreak", "two\n\nlines\n", "tab\there", "a\u00a0b", "x" * 200, "word " * 40, "!tag", "&anchor", "*alias", "|", ">", "...", "---", "y", "on", "+1", "-", ".5", "1_000", "NaN", ".nan", "\u2028", "key"]

        def scalar(r):
            return r.choice([r.choice(words), r.choice(words), "".join(r.choice(string.printable[:95]) for _ in range(r.randint(1, 12))), r.randint(-10**r.randint(1, 20), 10**6), r.random() * 10**r.randint(-9, 9), True, False, None,
                datetime.date(2026, 1, r.randint(1, 28)), datetime.datetime(2026, 5, 4, 3, 2, r.randint(0, 59))])

        def value(r, depth):
            kind = r.random()
            if depth and kind < .25: return {str(scalar(r)) if r.random() < .3 else r.choice("abcdefgh") + str(i): value(r, depth - 1) for i in range(r.randint(0, 5))}
            if depth and kind < .4: return [value(r, depth - 1) for _ in range(r.randint(0, 4))]
            return scalar(r)

        def by_hand(r):
            # What people write and no program does: merges, aliases, comments, several kinds of quotes, lists at the level of their key.
            plain = lambda: r.choice(["SPA", "grid 7", "300", "1.10", "007", "Grid-1", "µm", "a#b", "x y", "10:30", "C:\\data", "~", "it's", "50%", "a,b", "-1", "="])
            quoted = lambda: r.choice(['"a\\tb"', "'it''s'", '"\\u00b5m"', "''", '"x: y"', "'# no'", '"a \\\n    b"', "'two\n\n    lines'"])
            text, names = [], []
            end = r.choice(["\n", "\n", "\r\n"])
            if r.random() < .2: text.append(r.choice(["---", "%YAML 1.1\n---", "--- # a note", "# a comment"]))
            for i in range(r.randint(1, 9)):
                key = r.choice([f"k{i}", f"key {i}", f'"q{i}"', f"'s {i}'", f"µ{i}", f"{i}", f"{i}.5"])
                what = r.random()
                if what < .2:
                    names.append(f"n{i}"); text.append(f"{key}: &n{i}"); text += [f"  {k}: {plain()}" for k in r.sample("abcde", r.randint(1, 3))]
                elif what < .35 and names:
                    m = r.sample(names, r.randint(1, min(2, len(names))))
                    text.append(f"{key}:"); own = [f"  {k}: own" for k in r.sample("abx", r.randint(0, 2))]
                    text += own[:1] + ["  <<: " + (f"*{m[0]}" if len(m) == 1 else "[" + ", ".join("*" + x for x in m) + "]")] + own[1:]
                elif what < .4 and names: text.append(f"{key}: *{r.choice(names)}")
                elif what < .5: text += [f"{key}:"] + [r.choice(["- ", "-   "]) + plain() for _ in range(r.randint(1, 3))]
                elif what < .6: text.append(f"{key}: " + r.choice(["[a, 'b c', 3]", "{a: 1, b: [x, y]}", "[]", "{}", "[a, {b: c}]"]))
                elif what < .7: text += [f"{key}: " + r.choice("|>") + r.choice(["", "-", "+"])] + ["  " + plain() for _ in range(r.randint(1, 3))] + r.choice([[], [""], ["", ""]])
                elif what < .8: text.append(f"{key}: {quoted()}")
                elif what < .85: text.append(f"{key}:" + r.choice(["", " ", " # nothing", "\t" + plain()]))
                else: text.append(f"{key}: {plain()}" + r.choice(["", "", "  ", " # a note", "\t# tab"]))
            return end.join("\n".join(text).split("\n")) + r.choice([end, end, "", end + "..." + end])

        answer = []
        for number in range(count):
            r = random.Random(seed * 1000003 + number)
            if r.random() < .5: text = by_hand(r)
            else:
                shared = value(r, 2)
                whole = {"Type": "SPA", **{f"v{i}": value(r, 3) for i in range(r.randint(0, 6))}, "again": [shared, shared] if r.random() < .3 else shared}
                text = yaml.safe_dump(whole, default_flow_style=r.choice([None, False, True]), allow_unicode=r.random() < .7, width=r.choice([20, 80, 10**6]), indent=r.choice([2, 4, 8]), explicit_start=r.random() < .3, explicit_end=r.random() < .1,
                    default_style=r.choice([None, None, None, '"', "'", "|", ">"]), line_break=r.choice(["\n", "\n", "\r\n"]), sort_keys=r.random() < .5, version=r.choice([None, None, (1, 1)]))
            raw = (b"\xef\xbb\xbf" if r.random() < .1 else b"") + text.encode()
            try: expected = yaml.load(raw, Loader)
            except yaml.YAMLError as e: expected = None
            answer.append(dict(raw=base64.b64encode(raw).decode(), expected=expected))
        json.dump(answer, sys.stdout)
        """;

    [Fact]
    public async Task Every_key_and_text_is_that_of_PyYAML_or_the_file_is_refused()
    {
        int count = Variants.Count(200);
        string said = await Python.RunAsync(Script, $"{Variants.Seed}", $"{count}");
        var differences = new List<string>();
        int read = 0;
        foreach (JsonObject variant in JsonNode.Parse(said)!.AsArray().Select(static one => one!.AsObject()))
        {
            byte[] raw = Convert.FromBase64String((string)variant["raw"]!);
            Result<YamlMap> got = YamlReader.Read(raw, new YamlLimits());
            read += got.IsOk ? 1 : 0;
            if (got.TryGet(out YamlMap? map, out HutchError? refusal)
                ? variant["expected"] is not null && !JsonNode.DeepEquals(Describe(map), variant["expected"])
                : variant["expected"] is not null && !IsExpected(refusal, raw))
            {
                differences.Add($"{Encoding.UTF8.GetString(raw)}\n=> {(map is null ? refusal!.Message : Describe(map).ToJsonString())}\nPyYAML: {variant["expected"]?.ToJsonString()}");
            }
        }

        Assert.True(differences.Count == 0, Variants.Repeat($"{differences.Count} differences, such as\n{string.Join("\n\n", differences.Take(5))}\n"));
        Assert.True(read > count * 3 / 4, $"Only {read} of {count} files are read.");
    }

    /// <summary>Refusals of what PyYAML takes: the last of two equal keys, control characters, and long keys inside braces.</summary>
    private static bool IsExpected(HutchError refusal, byte[] raw) =>
        refusal.Message.Contains("is there twice", StringComparison.Ordinal) || refusal.Message.Contains("control character", StringComparison.Ordinal)
        || (refusal.Message.Contains("flow mapping", StringComparison.Ordinal) && raw.AsSpan().IndexOf("? "u8) >= 0);

    private static JsonArray Describe(YamlValue value) => value switch
    {
        YamlScalar scalar => ["scalar", scalar.Text, scalar.IsPlain, scalar.IsNull],
        YamlList list => ["list", .. list.Items.Select(Describe)],
        YamlMap map => ["map", new JsonObject(map.Entries.Select(static pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, Describe(pair.Value))))],
        _ => throw new ArgumentException("There is no other kind.", nameof(value)),
    };
}
