using Hutch.Formats.Hdf5Structure;
using Hutch.Model.Analyses;
using Hutch.Model.Site;

namespace Hutch.Formats.Tables;

internal sealed class TableAttributes(StepDeclaration? step, SiteRun? run)
{
    /// <summary>An attribute of HDF5 has at most 64 KiB, with its name and type.</summary>
    private const int MaxBytes = 60_000;

    public void Write(IHdf5Tree file, IReadOnlyList<TableColumn> columns)
    {
        file.GroupAttribute("", "columns", columns.Select(static column => column.Name).ToArray());
        if (run is null)
        {
            return;
        }

        file.GroupAttribute("", "run", run.Id.ToString("N"));
        file.GroupAttribute("", "program", run.Description.Program);
        file.GroupAttribute("", "version", run.Description.Version);
        if (run.Description.Parameters?.GetRawText() is { } parameters && Encoding.UTF8.GetByteCount(parameters) <= MaxBytes)
        {
            file.GroupAttribute("", "parameters", parameters);
        }
    }

    public (string Name, object Value)[] For(string column)
    {
        if (step?.Columns.FirstOrDefault(known => known.Name == column) is not { } declared)
        {
            return [];
        }

        var attributes = new List<(string Name, object Value)> { ("long_name", declared.Title) };
        if (declared.Unit is { } unit)
        {
            attributes.Add(("units", unit));
        }

        if (declared.Unknown is { } unknown)
        {
            attributes.Add(("unknown", unknown));
        }

        return [.. attributes];
    }
}
