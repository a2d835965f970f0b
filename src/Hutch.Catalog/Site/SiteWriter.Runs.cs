using System.Text.Json;
using Hutch.Model;
using Hutch.Model.Records;

namespace Hutch.Catalog.Site;

public sealed partial class SiteWriter
{
    private void StartRun(JournalRecord.RunStarted record)
    {
        string run = record.Run.ToString("N");
        Run(
            "INSERT INTO runs (id, sequence, started, description) VALUES ($1, $2, $3, $4)",
            run, record.Sequence, record.Time, JsonSerializer.Serialize(record.Description, RunDescriptionJson.TypeInfo));
        for (int i = 0; i < record.Inputs.Count; i++)
        {
            ParentReference input = record.Inputs[i];
            Run(
                "INSERT INTO run_inputs (run, position, dataset, snapshot, root) VALUES ($1, $2, $3, $4, $5)",
                run, i, input.Dataset.ToString(), input.Snapshot, input.Root?.ToString());
        }

        foreach (DatasetId output in record.Outputs)
        {
            Run("INSERT INTO run_outputs (run, dataset) VALUES ($1, $2) ON CONFLICT DO NOTHING", run, output.ToString());
        }
    }

    private void FinishRun(JournalRecord.RunFinished record) => Run(
        "UPDATE runs SET finished = $2, outcome = $3, message = $4 WHERE id = $1",
        record.Run.ToString("N"), record.Time, SiteText.Of(record.Outcome), record.Message);

    private void AddResult(JournalRecord.ResultRow record) => Run(
        "INSERT INTO results (dataset, run, frame, row, sequence) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        Key(record.Dataset), record.Run.ToString("N"), record.Frame, record.Row.GetRawText(), record.Sequence);
}
