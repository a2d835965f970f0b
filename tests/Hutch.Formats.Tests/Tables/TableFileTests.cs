using System.Globalization;
using System.Text;
using Hutch.Formats.Tables;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Parameters;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Tables;

/// <summary>Rows as an HDF5 file, which h5py reads.</summary>
public sealed class TableFileTests : IDisposable
{
    /// <summary>Compares each value of the file with the rows, as a stranger reads both.</summary>
    private const string Compare =
        """
        import sys, json, math, h5py
        rows = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
        with h5py.File(sys.argv[1]) as table:
            names = [name.decode() for name in table.attrs["columns"]]
            assert names == list(dict.fromkeys(name for row in rows for name in row)), names
            for name in names:
                column = table[name]
                assert column.shape == (len(rows),), column.shape
                isText = h5py.check_string_dtype(column.dtype)
                for got, row in zip(column.asstr()[:] if isText else column[:], rows):
                    wanted = row.get(name)
                    if isText:
                        same = got == "" if wanted is None else got == wanted if isinstance(wanted, str) else json.loads(got) == wanted
                    else:
                        same = math.isnan(got) if wanted is None else got == wanted
                    assert same, (name, got, wanted)
                print(name, "text" if isText else column.dtype)
        """;

    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "results.h5");

    private string Lines => Path.Combine(_folder.Path, "results.jsonl");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1", "2", "int64")]
    [InlineData("-9223372036854775808", "9223372036854775807", "int64")]
    [InlineData("true", "false", "int64")]
    [InlineData("1", "0.1", "float64")]
    [InlineData("1", "null", "float64")]
    [InlineData("null", "null", "float64")]
    [InlineData("1.5", "null", "float64")]
    [InlineData("9007199254740993", "null", "text")]
    [InlineData("9007199254740993", "0.5", "text")]
    [InlineData("1", "18446744073709551615", "text")]
    [InlineData("0.5", "1e999", "text")]
    [InlineData("1", "\"one\"", "text")]
    [InlineData("\"Å\"", "null", "text")]
    [InlineData("[1,2]", "{\"a\":[]}", "text")]
    public async Task A_column_has_the_type_that_loses_no_value(string first, string second, string type)
    {
        Write($$"""{"v":{{first}}}""", $$"""{"v":{{second}}}""");

        Assert.Equal($"v {type}", await Python.RunAsync(Compare, File, Lines));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(20_000)]
    public async Task H5py_reads_each_value_of_all_rows(int rows)
    {
        var random = new Random(rows);
        Write([.. Enumerable.Range(1, rows).Select(number => random.Next(50) == 0
            ? $$"""{"file-number":{{number}},"error":"Frame {{number}} is damaged: \"Å\" {{new string('x', random.Next(40))}}"}"""
            : string.Create(CultureInfo.InvariantCulture, $$"""{"file-number":{{number}},"n":{{random.Next()}},"d_min":{{random.NextDouble():R}},"ice":{{(number % 2 == 0 ? "true" : "null")}}}"""))]);

        string told = await Python.RunAsync(Compare, File, Lines);

        Assert.StartsWith("file-number int64\n", told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_text_in_one_row_does_not_make_the_file_larger_for_all()
    {
        string[] rows = [.. Enumerable.Range(1, 100_000).Select(number => $$"""{"file-number":{{number}}}""")];
        long before = Write(rows).Size;
        rows[50_000] = $$"""{"file-number":50001,"error":"{{new string('x', 4000)}}"}""";

        TableFile after = Write(rows);

        Assert.InRange(after.Size, before, before + (8 << 20));
    }

    [Fact]
    public async Task Columns_have_the_units_that_the_step_declares()
    {
        var step = new StepDeclaration
        {
            Name = "spots",
            Title = "Spots",
            Description = "",
            Program = "p",
            OutputSuffix = "s",
            OutputTitle = "S",
            Columns = [new ResultColumn { Name = "d_min", Title = "Resolution", Kind = ValueKind.Number, Unit = "Å", Unknown = -1, Description = "" }],
        };
        Write(["""{"file-number":1,"d_min":2.5}"""], step);

        string told = await Python.RunAsync(
            """
            import sys, h5py
            d = h5py.File(sys.argv[1])["d_min"].attrs
            print(d["units"].decode() == "\u00c5", d["long_name"].decode(), d["unknown"])
            """,
            File);

        Assert.Equal("True Resolution -1.0", told);
    }

    [Theory]
    [InlineData("no JSON", "Row 2 does not belong in a table: it is not JSON from byte 2 on.")]
    [InlineData("[1]", "Row 2 does not belong in a table: It is no JSON object.")]
    [InlineData("", "Row 2 does not belong in a table: ")]
    [InlineData("{\"a\":1} {}", "Row 2 does not belong in a table: ")]
    [InlineData("{\"a\":1,\"a\":2}", "Row 2 does not belong in a table: 'a' is there twice.")]
    [InlineData("{\"a\":\"\\ud800\"}", "Row 2 does not belong in a table: it has text that is not Unicode.")]
    [InlineData("{\"\":1}", "The rows cannot be an HDF5 file: ")]
    public void An_invalid_row_is_refused_with_its_number(string row, string reason)
    {
        HutchError refusal = Plan(["""{"a":1}""", row], null).Error!;

        Assert.Equal(ErrorCode.UnreadableFile, refusal.Code);
        Assert.StartsWith(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_columns_or_wider_texts_than_a_file_holds_are_refused_and_so_is_nothing()
    {
        string wide = "{" + string.Join(',', Enumerable.Range(0, 257).Select(number => $"\"c{number}\":1")) + "}";
        string @long = $$"""{"a":"{{new string('x', 200_000)}}"}""";

        Assert.Equal("Row 1 does not belong in a table: There are more than 256 columns.", Plan([wide], null).Error!.Message);
        Assert.Equal(ErrorCode.TooLarge, Plan([@long], null).Error!.Code);
        Assert.Equal("There are no rows.", Plan([], null).Error!.Message);
        Assert.Equal("The rows have no columns.", Plan(["{}"], null).Error!.Message);
    }

    private static Result<TableFile> Plan(string[] rows, StepDeclaration? step)
    {
        var scan = new TableScan();
        long at = 0;
        foreach (string row in rows)
        {
            byte[] line = Encoding.UTF8.GetBytes(row);
            if (scan.Add(line, at) is { } refusal)
            {
                return refusal;
            }

            at += line.Length + 1;
        }

        return scan.Plan(at, step, null);
    }

    private TableFile Write(params string[] rows) => Write(rows, null);

    private TableFile Write(string[] rows, StepDeclaration? step)
    {
        byte[] lines = Encoding.UTF8.GetBytes(string.Concat(rows.Select(row => row + "\n")));
        TableFile file = Plan(rows, step).Value;
        byte[] bytes = new byte[file.Size];
        file.ReadMetadata(0, bytes.AsSpan(0, (int)file.MetadataBytes));
        for (long at = file.MetadataBytes; at < file.Size;)
        {
            TableGroup group = file.GroupAt(at);
            Memory<byte> memory = bytes.AsMemory((int)group.FileOffset, group.Bytes);
            group.Begin(memory.Span);
            string[] own = Encoding.UTF8.GetString(lines.AsSpan((int)group.RowsOffset, (int)(group.RowsEnd - group.RowsOffset))).Split('\n')[..^1];
            foreach ((int row, string line) in own.Index())
            {
                group.Write(row, Encoding.UTF8.GetBytes(line), memory);
            }

            at += group.Bytes;
        }

        System.IO.File.WriteAllBytes(File, bytes);
        System.IO.File.WriteAllBytes(Lines, lines);
        return file;
    }
}
