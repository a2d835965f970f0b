using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Hutch.Model.Tests.Trees;

public sealed class PageFormatTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_small_tree_has_exactly_these_bytes()
    {
        var pages = new MemoryPages();
        BlobHash hello = BlobHash.Compute("hello"u8);
        TreeChange[] changes =
        [
            Set("run/frame-1.h5", Entry.File(hello, 5, 1_700_000_000_000_000_000, contentType: "application/x-hdf5")),
            Set("run-2", Entry.Link("run")),
            Set("run.sh", Entry.File(hello, 5, executable: true) with { UserMetadata = ImmutableSortedDictionary<string, string>.Empty.Add("by", "\"me\"") }),
            Set("é", Entry.Directory(-1)),
        ];

        TreeRoot root = (await new Tree(pages).ApplyAsync(TreeRoot.Empty, changes, pages, Cancel)).Value;

        // Computed apart, by the words of docs/formats/pages.md alone.
        const string Run =
            """
            {"format":"hutch-page/1","level":0,"contentId":"c5c2eda650196ae573ca0206db62baafeccbfe1cbc8135c633a5f6280e2f3168"}
            {"n":"frame-1.h5","k":"f","h":"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824","s":5,"m":1700000000000000000,"c":"application/x-hdf5"}

            """;
        const string Top =
            """
            {"format":"hutch-page/1","level":0,"contentId":"40a657b1f1f996f80a9dc1eff443199d8337a6df145edba3c942cbab2187cb8e"}
            {"n":"run-2","k":"l","t":"run"}
            {"n":"run.sh","k":"f","h":"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824","s":5,"x":true,"u":{"by":"\"me\""}}
            {"n":"run","k":"d","h":"cde1cebcb69b5a5966c5a864726af0fb2aa6fae07b1d79fc9b86235dc0d742dd","i":"c5c2eda650196ae573ca0206db62baafeccbfe1cbc8135c633a5f6280e2f3168","f":1,"s":5}
            {"n":"é","k":"e","m":-1}

            """;
        Assert.Equal(Top, Encoding.UTF8.GetString(pages.All[root.Page].Span));
        Assert.Equal([Run], pages.All.Where(p => p.Key != root.Page).Select(p => Encoding.UTF8.GetString(p.Value.Span)));
        Assert.Equal("6b47442c06a4d6bf766811b01973770f4a294a3bd844ff6c497a4ef76ad3ea68", root.Page.ToString());
        Assert.Equal("40a657b1f1f996f80a9dc1eff443199d8337a6df145edba3c942cbab2187cb8e", root.ContentId.ToString());
        Assert.Equal((4L, 10L), (root.Files, root.Bytes));
    }

    [Fact]
    public void The_empty_tree_is_a_page_without_entries()
    {
        Assert.Equal(
            "{\"format\":\"hutch-page/1\",\"level\":0,\"contentId\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}\n",
            Encoding.UTF8.GetString(TreeRoot.EmptyPage.Span));
        Assert.Equal(TreeRoot.Empty.Page, BlobHash.Compute(TreeRoot.EmptyPage.Span));
        Assert.Equal((0L, 0L), (TreeRoot.Empty.Files, TreeRoot.Empty.Bytes));
    }

    [Fact]
    public void The_name_hash_never_changes()
    {
        Assert.Equal(0xefd01f60ba992926UL, NameHash.Compute(""u8));
        Assert.Equal(NameHash.Compute("000001"u8), NameHash.Compute("000001/"u8));
        Assert.Equal(0x3c5e334917d7ffa7UL, NameHash.Compute("000001"u8));
        Assert.Equal(0xf66f85f36c9a7e10UL, NameHash.Compute("žluťoučký kůň.h5"u8));
    }

    [Fact]
    public void A_page_is_accepted_only_if_it_would_be_written_the_same()
    {
        Prop.ForAll(TreeGenerators.History.ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (history, seed) =>
            Task.Run(async () =>
            {
                var pages = new MemoryPages();
                var tree = new Tree(pages, null, history.Limits);
                await TreePropertyTests.ReplayAsync(tree, history.Batches, pages);
                var random = new Random(seed);
                foreach (ReadOnlyMemory<byte> page in pages.All.Values.Take(20))
                {
                    Assert.True(Rewrite(TreePage.Parse(page).Value).AsSpan().SequenceEqual(page.Span));
                    byte[] damaged = WithFixedContentId(Damage(page.ToArray(), random));
                    Result<TreePage> result = TreePage.Parse(damaged);
                    Assert.Equal(result.IsOk ? null : ErrorCode.InvalidBody, result.Error?.Code);
                    Assert.True(!result.IsOk || Rewrite(result.Value).AsSpan().SequenceEqual(damaged));
                }
            }).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Theory]
    [InlineData("{\"n\":\"a\",\"k\":\"e\"}\n{\"n\":\"a\",\"k\":\"e\"}\n", "line 3: it is not in the order of the names")]
    [InlineData("{\"n\":\"b\",\"k\":\"e\"}\n{\"n\":\"a\",\"k\":\"e\"}\n", "line 3: it is not in the order of the names")]
    [InlineData("{\"n\":\"a\",\"k\":\"e\"}\n{\"n\":\"a-\",\"k\":\"e\"}\n{\"n\":\"a\",\"k\":\"d\",\"h\":\"H\",\"i\":\"H\",\"f\":1,\"s\":0}\n", "line 4: its name is a file and a directory")]
    [InlineData("{\"n\":\"..\",\"k\":\"e\"}\n", "line 2: its name is not the name of a file")]
    [InlineData("{\"n\":\"\",\"k\":\"e\"}\n", "line 2: its name is not the name of a file")]
    [InlineData("{\"n\":\"a/b\",\"k\":\"e\"}\n", "line 2: its name is not the name of a file")]
    [InlineData("{\"n\":\"e\u0301\",\"k\":\"e\"}\n", "line 2: its name is not in NFC")]
    [InlineData("{\"n\": \"a\",\"k\":\"e\"}\n", "line 2: '\"' is missing")]
    [InlineData("{\"k\":\"e\",\"n\":\"a\"}\n", "line 2: '{\"n\":' is missing")]
    [InlineData("{\"n\":\"a\",\"k\":\"e\"}", "line 2: '}' is missing")]
    [InlineData("{\"n\":\"a\",\"k\":\"q\"}\n", "line 2: its kind is unknown")]
    [InlineData("{\"n\":\"\\u0061\",\"k\":\"e\"}\n", "line 2: a text is not escaped as it must be")]
    [InlineData("{\"n\":\"\\u000A\",\"k\":\"e\"}\n", "line 2: a text is not escaped as it must be")]
    [InlineData("{\"n\":\"\\u000a\",\"k\":\"e\"}\n", "line 2: a text is not escaped as it must be")]
    [InlineData("{\"n\":\"a", "line 2: a text does not end")]
    [InlineData("{\"n\":\"a\",\"k\":\"f\",\"h\":\"H\",\"s\":05}\n", "line 2: a number is not written as it must be")]
    [InlineData("{\"n\":\"a\",\"k\":\"f\",\"h\":\"H\",\"s\":-1}\n", "line 2: a number is not written as it must be")]
    [InlineData("{\"n\":\"a\",\"k\":\"f\",\"h\":\"H\",\"s\":+5}\n", "line 2: a number is not written as it must be")]
    [InlineData("{\"n\":\"a\",\"k\":\"f\",\"h\":\"H\",\"s\":-0}\n", "line 2: a number is not written as it must be")]
    [InlineData("{\"n\":\"a\",\"k\":\"f\",\"h\":\"H\",\"s\":1,\"m\":-01}\n", "line 2: its time is not written as it must be")]
    [InlineData("{\"n\":\"a\",\"k\":\"f\",\"h\":\"H\",\"s\":99999999999999999999}\n", "line 2: a number is not written as it must be")]
    [InlineData("{\"n\":\"a\",\"k\":\"f\",\"h\":\"H\",\"s\":1,\"m\":0}\n", "line 2: its time is not written as it must be")]
    [InlineData("{\"n\":\"a\",\"k\":\"f\",\"h\":\"H\",\"s\":1,\"x\":false}\n", "line 2: '}' is missing")]
    [InlineData("{\"n\":\"a\",\"k\":\"f\",\"h\":\"00\",\"s\":1}\n", "line 2: a hash is missing")]
    [InlineData("{\"n\":\"a\",\"k\":\"l\",\"t\":\"\"}\n", "line 2: The entry is invalid: a link needs a target")]
    [InlineData("{\"n\":\"a\",\"k\":\"e\",\"u\":{\"b\":\"1\",\"a\":\"2\"}}\n", "line 2: its user metadata is not in the order of the names")]
    [InlineData("{\"n\":\"a\",\"k\":\"e\",\"u\":{}}\n", "line 2: '\"' is missing")]
    [InlineData("{\"n\":\"a\",\"k\":\"d\",\"h\":\"H\",\"i\":\"H\",\"f\":0,\"s\":0}\n", "line 2: there is nothing below it")]
    [InlineData("{\"n\":\"a\",\"k\":\"p\",\"h\":\"H\",\"i\":\"H\",\"f\":1,\"s\":0}\n", "line 2: a page can stand in an index page only")]
    [InlineData("{\"n\":\"a\",\"k\":\"e\"}\n", "line 2: only pages can stand in an index page", 1)]
    [InlineData("", "an index page names at least one page", 1)]
    [InlineData("{\"n\":\"a\",\"k\":\"p\",\"h\":\"H\",\"i\":\"H\",\"f\":9223372036854775807,\"s\":0}\n{\"n\":\"b\",\"k\":\"p\",\"h\":\"H\",\"i\":\"H\",\"f\":1,\"s\":0}\n", "line 3: the sums of the page are too large", 1)]
    public void An_invalid_page_is_refused_with_its_fault(string lines, string fault, int level = 0)
    {
        string text = $"{{\"format\":\"hutch-page/1\",\"level\":{level},\"contentId\":\"{new string('0', 64)}\"}}\n" + lines.Replace("\"H\"", $"\"{BlobHash.Compute("x"u8)}\"", StringComparison.Ordinal);

        HutchError? error = TreePage.Parse(Encoding.UTF8.GetBytes(text)).Error;

        Assert.Equal($"The page is not valid: {fault}.", error?.Message);
    }

    [Fact]
    public void Foreign_bytes_are_no_page()
    {
        Assert.Contains("header of a hutch-page/1", TreePage.Parse(ReadOnlyMemory<byte>.Empty).Error?.Message, StringComparison.Ordinal);
        Assert.Contains("header of a hutch-page/1", TreePage.Parse(new byte[500]).Error?.Message, StringComparison.Ordinal);
        byte[] twice = [.. TreeRoot.EmptyPage.Span, .. TreeRoot.EmptyPage.Span];
        Assert.Contains("line 2", TreePage.Parse(twice).Error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_of_more_than_1024_entries_is_refused()
    {
        var builder = new PageBuilder(0, new PageLimits(2, 2000, 8));
        for (int i = 0; i < 1025; i++)
        {
            builder.Add(Encoding.UTF8.GetBytes($"{i:d5}"), Entry.Directory());
        }

        Assert.Equal("The page is not valid: line 1026: a page has at most 1024 entries.", TreePage.Parse(builder.Finish().Bytes).Error?.Message);
    }

    [Fact]
    public async Task A_page_that_is_not_what_the_page_above_says_is_damage()
    {
        var pages = new MemoryPages();
        var tree = new Tree(pages);
        TreeRoot other = (await tree.ApplyAsync(TreeRoot.Empty, [Set("b", Entry.Directory())], pages, Cancel)).Value;
        byte[] garbage = [1, 2, 3];
        pages.Put(garbage);
        TreeRoot[] lies =
        [
            other with { Files = 2 },
            other with { Bytes = 1 },
            other with { ContentId = BlobHash.Compute("x"u8) },
            other with { Page = BlobHash.Compute(garbage) },
        ];

        foreach (TreeRoot lie in lies)
        {
            HutchException failure = await Assert.ThrowsAsync<HutchException>(async () => await tree.FindAsync(lie, DatasetPath.Parse("b").Value, Cancel));
            Assert.Equal(ErrorCode.Quarantined, failure.Error.Code);
        }
    }

    [Fact]
    public async Task An_index_that_names_pages_in_the_wrong_place_is_damage()
    {
        var pages = new MemoryPages();
        var tree = new Tree(pages, new PageCache(0));
        TreeRoot first = (await tree.ApplyAsync(TreeRoot.Empty, [Set("a", Entry.Directory()), Set("z", Entry.Directory())], pages, Cancel)).Value;
        TreeRoot second = (await tree.ApplyAsync(TreeRoot.Empty, [Set("m", Entry.Directory()), Set("zz", Entry.Directory())], pages, Cancel)).Value;
        var overlapping = new PageBuilder(1, PageLimits.Standard);
        overlapping.Add("z"u8, PageItemKind.ChildPage, first);
        overlapping.Add("zz"u8, PageItemKind.ChildPage, second);
        var misnamed = new PageBuilder(1, PageLimits.Standard);
        misnamed.Add("y"u8, PageItemKind.ChildPage, first);
        var deep = new PageBuilder(3, PageLimits.Standard);
        deep.Add("z"u8, PageItemKind.ChildPage, first);

        foreach (PageBuilder builder in (PageBuilder[])[overlapping, misnamed, deep])
        {
            BuiltPage page = builder.Finish();
            pages.Put(page.Bytes);
            HutchException failure = await Assert.ThrowsAsync<HutchException>(async () => await tree.EnumerateAsync(page.Root, cancellationToken: Cancel).CountAsync(Cancel));
            Assert.Equal(ErrorCode.Quarantined, failure.Error.Code);
        }
    }

    private static TreeChange Set(string path, Entry entry) => new(DatasetPath.Parse(path).Value, entry);

    private static byte[] Rewrite(TreePage page)
    {
        var builder = new PageBuilder(page.Level, PageLimits.Standard);
        for (int i = 0; i < page.Count; i++)
        {
            if (page.Item(i).Kind is PageItemKind.Directory or PageItemKind.ChildPage)
            {
                builder.Add(page.Key(i), page.Item(i).Kind, page.Item(i).Below);
            }
            else
            {
                builder.Add(page.Key(i), page.Entry(i));
            }
        }

        return builder.Finish().Bytes;
    }

    private static byte[] Damage(byte[] page, Random random)
    {
        int at = random.Next(page.Length);
        byte[] tokens = "\"\\{}[],:0123456789abcdefnkhistmxcu/ \n\0\u00e9"u8.ToArray();
        switch (random.Next(4))
        {
            case 0:
                page[at] = tokens[random.Next(tokens.Length)];
                return page;
            case 1:
                page[at] ^= (byte)(1 << random.Next(8));
                return page;
            case 2:
                return [.. page[..at], .. page[(at + 1)..]];
            default:
                return [.. page[..at], tokens[random.Next(tokens.Length)], .. page[at..]];
        }
    }

    // Most damage would be caught by the contentId alone: give the parser a page whose contentId is right, if it has any entries.
    private static byte[] WithFixedContentId(byte[] page)
    {
        if (page.Length < PageFormat.HeaderLength || page[0] != '{')
        {
            return page;
        }

        string message = TreePage.Parse(page).Error?.Message ?? "";
        if (message.Contains("contentId is not that", StringComparison.Ordinal))
        {
            using var reduced = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (string line in Encoding.UTF8.GetString(page).Split('\n')[1..^1])
            {
                reduced.AppendData(Reduced(System.Text.Json.JsonDocument.Parse(line).RootElement));
            }

            PageFormat.WriteHeader(page, page[PageFormat.HeaderStart.Length] - '0', new BlobHash(reduced.GetCurrentHash()));
        }

        return page;
    }

    /// <summary>The reduced entry by the words of the format page, made from the JSON alone.</summary>
    private static byte[] Reduced(System.Text.Json.JsonElement line)
    {
        string kind = line.TryGetProperty("x", out _) ? "x" : line.GetProperty("k").GetString()!;
        byte[] content = kind switch
        {
            "f" or "x" => Convert.FromHexString(line.GetProperty("h").GetString()!),
            "d" or "p" => Convert.FromHexString(line.GetProperty("i").GetString()!),
            "l" => SHA256.HashData(Encoding.UTF8.GetBytes(line.GetProperty("t").GetString()!)),
            _ => new byte[32],
        };
        return [.. Encoding.UTF8.GetBytes(kind + line.GetProperty("n").GetString()), 0, .. content];
    }
}
