import { NativeSelect } from "@mantine/core";
import { sites as t } from "../messages/en";

interface SiteSelectProps {
  label: string;
  sites: string[];
  value: string;
  onChange: (site: string) => void;
}

/** Chooses one of the other sites of the zone; none at first, so that nothing is asked of a site by mistake. */
export function SiteSelect({ label, sites, value, onChange }: SiteSelectProps) {
  return (
    <NativeSelect
      label={label}
      data={[{ value: "", label: t.chooseASite }, ...sites]}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      flex={1}
    />
  );
}
