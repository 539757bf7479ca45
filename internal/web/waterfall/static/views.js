// @ts-check
import './copy.js';
import './times.js';
import { watchOffer } from './explain.js';

watchOffer();
