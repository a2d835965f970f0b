import {
  Anchor,
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  Menu,
  Modal,
  Notification,
  Table,
  Tooltip,
} from "@mantine/core";
import { shell as t } from "./messages/en";

const petrol: MantineColorsTuple = [
  "#e6f5f7",
  "#d2e8ec",
  "#a5d2da",
  "#74bac6",
  "#4da6b5",
  "#3599ab",
  "#238d9f",
  "#117c8e",
  "#066a7c",
  "#00586a",
];

/** The theme. The primary shade is dark enough for white text (contrast of at least 4.5:1). */
export const theme = createTheme({
  colors: { petrol },
  primaryColor: "petrol",
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: "md",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", "Liberation Mono", monospace',
  headings: { fontWeight: "650" },
  focusRing: "auto",
  components: {
    Anchor: Anchor.extend({ defaultProps: { underline: "hover" } }),
    // Inside the page's landmark, and with nothing in it but its items.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false, portalProps: { target: "#main" } } }),
    // A page has one banner, and a dialog is none.
    ModalHeader: Modal.Header.extend({ defaultProps: { role: "presentation" } }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { "aria-label": t.close } } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: "xs", highlightOnHover: true } }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 300, withArrow: true, events: { hover: true, focus: true, touch: true } },
    }),
  },
});

// Text on a light tint of its own colour: the palette's own shades are too pale for small text.
const textOnTint: Record<string, string> = {
  red: "#a61e1e",
  green: "#1b5e2a",
  teal: "#065f46",
  yellow: "#704400",
  orange: "#8f2d06",
  grape: "#732487",
  blue: "#155a9b",
  indigo: "#3145ab",
  gray: "#343a40",
  petrol: "#00586a",
};

/** Dimmed text keeps a contrast of at least 4.5:1 on every surface. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#565d65",
    "--mantine-color-placeholder": "#656c76",
    "--mantine-color-error": "#c92a2a",
    ...Object.fromEntries(
      Object.entries(textOnTint).map(([name, colour]) => [`--mantine-color-${name}-light-color`, colour]),
    ),
  },
  dark: {
    "--mantine-color-dimmed": "#a9aeb4",
    "--mantine-color-placeholder": "#9096a0",
    "--mantine-color-error": "#ff8787",
  },
});
