using System.Text;

namespace Hutch.Simulator.Microscope;

public sealed record MetadataFile(string Name, byte[] Text)
{
    /// <summary>One as a cryo-EM facility's software writes it; the person in it is made up.</summary>
    public static MetadataFile Create(string session, Guid identity) => new("SPA.yml", Encoding.UTF8.GetBytes(
        $"""
        # Metadata of one cryo-EM session, as the facility's software writes it (made-up person)
        Autoname: '{session.Replace("'", "''", StringComparison.Ordinal)}'
        Center: CEMCOF,EM-Instruct-CZ,Brno
        DataId: {identity:D}
        Instrument: TitanKrios
        NotifyCompletion: true
        Sample:
          File: ''
          Id: 08d9c1f9-df4c-4058-86bd-15da1ec443be
          Identifier: ''
          KeywordsStr: 70S; ribosome; rnap; E.coli; transcription
          Name: 70S_RNAP
        Subexperiments: []
        Type: SPA
        User:
          Affiliation: CEITEC, Masaryk University, Kamenice 5, 62500 Brno, Czech Republic
          DisplayName: Undisclosed User
          Email: user@example.org
          UserType: internal
        Err: null

        """));
}
