using System.Text;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Steps;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Parameters;

namespace Hutch.Analysis.Tests.Steps;

public sealed class RowWriterTests
{
    private static readonly ResultColumn[] Columns =
    [
        Column("spots", ValueKind.WholeNumber), Column("d_min", ValueKind.Number) with { Unknown = -1 },
        Column("mean", ValueKind.Number), Column("crystal", ValueKind.Boolean), Column("shape", ValueKind.Text),
    ];

    [Fact]
    public void A_row_is_one_line_of_JSON_with_the_frame_first_and_the_columns_in_their_order() => Assert.Equal(
        """{"file-number":7,"spots":120,"d_min":2.0000000000000004,"mean":0.1,"crystal":true,"shape":"needle"}""",
        Write(row =>
        {
            row.Add(120);
            row.Add(2.0000000000000004);
            row.Add(0.1);
            row.Add(true);
            row.Add("needle");
        }));

    [Fact]
    public void An_unknown_value_is_written_as_the_declared_number_or_null() => Assert.Equal(
        """{"file-number":7,"spots":null,"d_min":-1,"mean":null,"crystal":false,"shape":null}""",
        Write(row =>
        {
            row.AddUnknown();
            row.AddUnknown();
            row.Add(double.NaN);
            row.Add(false);
            row.AddUnknown();
        }));

    [Fact]
    public void A_frame_that_cannot_be_analysed_has_its_reason_and_nothing_of_what_was_added_before() => Assert.Equal(
        """{"file-number":7,"error":"Too dark."}""",
        Write(row => row.Add(120), ErrorCode.Unprocessable.With("Too dark.")));

    [Fact]
    public void A_step_that_violates_its_declared_columns_fails_with_an_error()
    {
        Assert.Contains("filled 1", Assert.Throws<InvalidOperationException>(() => Write(row => row.Add(1))).Message, StringComparison.Ordinal);
        Assert.Contains("'spots'", Assert.Throws<InvalidOperationException>(() => Write(row => row.Add("many"))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "fills more",
            Assert.Throws<InvalidOperationException>(() => Write(row =>
            {
                foreach (ResultColumn _ in Columns)
                {
                    row.AddUnknown();
                }

                row.AddUnknown();
            })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_writer_is_used_again_after_a_step_threw()
    {
        using var row = new RowWriter(Columns);
        Assert.Throws<InvalidOperationException>(() => row.Write(new Step(r => r.Add(1), null), new RawFrame(1, [], null)));

        row.WriteError(2, "A bug.");

        Assert.Equal("""{"file-number":2,"error":"A bug."}""", Encoding.UTF8.GetString(row.Row.Span));
    }

    private static ResultColumn Column(string name, ValueKind kind) => new() { Name = name, Title = name, Kind = kind, Description = name };

    private static string Write(Action<RowWriter> add, HutchError? refusal = null)
    {
        using var row = new RowWriter(Columns);
        row.Write(new Step(add, refusal), new RawFrame(7, [], null));
        return Encoding.UTF8.GetString(row.Row.Span);
    }

    private sealed class Step(Action<RowWriter> add, HutchError? refusal) : IPreparedStep
    {
        public int FramesAtOnce => 1;

        public long MaxFrameBytes => 0;

        public void Dispose()
        {
            // It has nothing.
        }

        public HutchError? Process(RawFrame frame, RowWriter row)
        {
            add(row);
            return refusal;
        }
    }
}
