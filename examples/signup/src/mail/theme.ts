import type { ThemeOptions } from 'nest-mailroom';

/** The look of Tidemark's mail: its name, and the colours of deep water, sand and lamplight. */
export const theme: ThemeOptions = {
  brand: { name: 'Tidemark', url: 'https://example.test', address: '4 Harbour Row, Saltmouth' },
  colors: {
    primary: '#0e4f4f',
    text: '#1d3033',
    muted: '#5f6b69',
    background: '#efeae0',
    surface: '#fffdf9',
    border: '#e3dccd',
  },
  dark: {
    primary: '#f0b565',
    text: '#e3e8e6',
    muted: '#9dabaa',
    background: '#0f1718',
    surface: '#172427',
    border: '#2c3d41',
  },
};
