import { Anchor, Table } from "@mantine/core";
import { Link } from "react-router";
import { Name } from "../components/Name";
import { WideTable } from "../components/WideTable";
import { microscope as t } from "../messages/en";
import { type Movie, nameOf, numberOf, present } from "./numbers";

interface MovieTableProps {
  movies: readonly Movie[];
  addressOf: (path: string) => string;
}

/** The exposures with their numbers: an empty cell is a number that no file states. */
export function MovieTable({ movies, addressOf }: MovieTableProps) {
  const columns = present(movies);
  return (
    <WideTable label={t.exposures} minWidth={300 + 90 * columns.length}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t.movie}</Table.Th>
          <Table.Th scope="col">{t.time}</Table.Th>
          {columns.map(({ key, unit }) => (
            <Table.Th key={key} scope="col" ta="right">
              {t.columns[key as keyof typeof t.columns]}
              {unit && ` (${unit})`}
            </Table.Th>
          ))}
          <Table.Th scope="col">{t.gain}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {movies.map((movie) => (
          <Table.Tr key={movie.id}>
            <Table.Td>
              {movie.movie ? (
                <Anchor component={Link} to={addressOf(movie.movie)} size="sm">
                  <Name>{nameOf(movie.movie)}</Name>
                </Anchor>
              ) : (
                <>
                  {t.noMovie}
                  {movie.metadata && (
                    <>
                      {": "}
                      <Anchor component={Link} to={addressOf(movie.metadata)} size="sm">
                        <Name>{nameOf(movie.metadata)}</Name>
                      </Anchor>
                    </>
                  )}
                </>
              )}
            </Table.Td>
            <Table.Td style={{ whiteSpace: "nowrap" }}>
              {movie.acquired?.replace("T", " ").replace("Z", " UTC")}
            </Table.Td>
            {columns.map(({ key, digits }) => (
              <Table.Td key={key} ta="right">
                {numberOf(movie, key)?.toFixed(digits)}
              </Table.Td>
            ))}
            <Table.Td style={{ whiteSpace: "nowrap" }}>{t.gains[movie.gain as keyof typeof t.gains]}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}
